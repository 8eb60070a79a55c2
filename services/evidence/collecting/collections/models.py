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
    """Evidence asked for once, until `due_at`: by the cadence of an expectation, or by a request of an auditor.

    The former has a half-open period that it is about; `intended_on` is the date of the cadence, and is never moved.
    The latter has a title of its own, and `request_version` is the version of the request that it follows.
    `submitted_at` is when the evidence came that is looked at or was accepted; `overdue_announced_at` is when listeners
    were told that none had come.
    """

    __tablename__ = "collections"

    expectation_id: UUID | None = None
    control_id: UUID | None = None
    request_id: UUID | None = None
    request_version: int = 0
    title: str | None = None
    intended_on: date
    covers_from: datetime | None = instant(default=None)
    covers_until: datetime | None = instant(default=None)
    due_at: datetime = instant()
    overdue_at: datetime = instant()
    owner_id: UUID | None = None
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
