from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.risk.base import Known


class EvidenceState(StrEnum):
    """What the evidence service last said of an item."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"


class KnownEvidence(Known, table=True):
    """An item of evidence as last heard of."""

    __tablename__ = "known_evidence"

    id: UUID = Field(primary_key=True)
    title: str
    state: str
    version: int
