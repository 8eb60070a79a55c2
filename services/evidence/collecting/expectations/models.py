from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base, Known
from shared.data.base import instant


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
    """What a control of the controls service needs as proof.

    With a cadence it is collected again and again: `next_on` is the date of the rule that comes next, whose collection
    is opened at `next_opens_at`. What result files come to that are sent under the name `result_source` is handed in
    for it as a record.
    """

    __tablename__ = "expectations"

    control_id: UUID
    title: str
    description: str
    kind: str
    freshness_days: int
    expiring_days: int
    owner_id: UUID
    backup_owner_id: UUID | None = None
    record_schema_id: UUID | None = None
    result_source: str | None = None
    cadence: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    next_on: date | None = None
    next_opens_at: datetime | None = instant(default=None)
    status: str = ExpectationStatus.ACTIVE


class RetiredControl(Known, table=True):
    """A control that was heard to be retired; nothing more is expected of it. `version` is the one that said so."""

    __tablename__ = "retired_controls"

    id: UUID = Field(primary_key=True)
    retired_at: datetime = instant()
    version: int
