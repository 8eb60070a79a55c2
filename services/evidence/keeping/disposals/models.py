from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.evidence.base import Base, Part
from shared.data.base import instant


class DisposalState(StrEnum):
    """requested → approved → completed; requested → cancelled. What is stopped half-way completes with what it did."""

    REQUESTED = "requested"
    APPROVED = "approved"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Fate(StrEnum):
    """What becomes of an item of a run: selected → disposed or kept. A held one stays where it is."""

    SELECTED = "selected"
    HELD = "held"
    DISPOSED = "disposed"
    KEPT = "kept"


class Bytes(StrEnum):
    """What became of a disposed file's bytes: erased, or left because other evidence is made of the same."""

    ERASED = "erased"
    SHARED = "shared"


class Disposal(Base, table=True):
    """A run over the evidence that was due when it was requested. The list is frozen then."""

    __tablename__ = "disposals"

    reason: str
    class_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    state: str = DisposalState.REQUESTED
    requested_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    organisation_items: int
    needs_override: bool
    override_reason: str | None = None
    approvers: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    approved_at: datetime | None = instant(default=None)
    cancelled_reason: str | None = None
    completed_at: datetime | None = instant(default=None)


class DisposalItem(Part, table=True):
    """One item of a run, as it was when it was requested, and what became of it. It changes under the run's lock."""

    __tablename__ = "disposal_items"

    disposal_id: UUID = Field(primary_key=True)
    item_id: UUID = Field(primary_key=True)
    title: str
    kind: str
    file_id: UUID | None = None
    sha256: str
    size: int = Field(sa_type=BigInteger)
    class_id: UUID
    class_name: str
    retained_until: datetime = instant()
    fate: str = Fate.SELECTED
    why: str | None = None
    disposed_at: datetime | None = instant(default=None)
    bytes: str | None = None
    updated_at: datetime = instant()


class Certificate(Part, table=True):
    """The signed certificate of a run, apart from it because it is large and never changes."""

    __tablename__ = "disposal_certificates"

    disposal_id: UUID = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
