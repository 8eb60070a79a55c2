from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.evidence.base import Base, Part
from shared.data.base import instant


class CollectionStatus(StrEnum):
    """open → submitted → accepted; back to open when what was submitted is returned. open or submitted → skipped.

    Overdue is none of them: it is computed from dates.
    """

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SKIPPED = "skipped"


UNANSWERED = frozenset({CollectionStatus.OPEN, CollectionStatus.SUBMITTED})


class Collection(Base, table=True):
    """Evidence asked for once: about the half-open period, until `due_at`.

    `intended_on` is the date of the cadence, and is never moved. `submitted_at` is when the evidence came that is
    looked at or was accepted; `overdue_announced_at` is when listeners were told that none had come.
    """

    __tablename__ = "collections"

    expectation_id: UUID
    control_id: UUID
    intended_on: date
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    due_at: datetime = instant()
    overdue_at: datetime = instant()
    owner_id: UUID
    backup_owner_id: UUID | None = None
    status: str = CollectionStatus.OPEN
    submitted_at: datetime | None = instant(default=None)
    accepted_at: datetime | None = instant(default=None)
    reason: str | None = None
    overdue_announced_at: datetime | None = instant(default=None)


class CollectedItem(Part, table=True):
    """Evidence handed in for a collection. It changes under the lock of the collection."""

    __tablename__ = "collected_items"

    collection_id: UUID = Field(primary_key=True)
    item_id: UUID = Field(primary_key=True)
