from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.evidence.base import Base, Part


class EvidenceKind(StrEnum):
    """What evidence is made of: an uploaded file, an address, structured data, or a statement by a person."""

    FILE = "file"
    LINK = "link"
    RECORD = "record"
    ATTESTATION = "attestation"


class ExpectationStatus(StrEnum):
    """active → withdrawn. A withdrawn expectation stays on record and never comes back."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Expectation(Base, table=True):
    """What a control of the controls service needs as proof."""

    __tablename__ = "expectations"

    control_id: UUID
    title: str
    description: str
    kind: str
    freshness_days: int
    expiring_days: int
    owner: str
    status: str = ExpectationStatus.ACTIVE


class RetiredControl(Part, table=True):
    """A control that was heard to be retired; nothing more is expected of it."""

    __tablename__ = "retired_controls"

    id: UUID = Field(primary_key=True)
