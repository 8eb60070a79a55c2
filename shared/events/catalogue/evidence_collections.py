"""What the evidence service announces of collections and calendar feeds."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from shared.events.event import Event


class CollectionEvent(Event):
    """Every event about a collection says what is collected, for which control or which request, by when."""

    expectation_id: UUID | None
    control_id: UUID | None
    request_id: UUID | None = None
    intended_on: date
    due_at: datetime
    owner_id: UUID | None


class CollectionOpened(CollectionEvent):
    """Evidence is requested for the next period of an expectation, or by an auditor."""

    name: ClassVar[str] = "evidence.collection.opened"


class CollectionSubmitted(CollectionEvent):
    """Evidence was handed in for a collection and waits for review."""

    name: ClassVar[str] = "evidence.collection.submitted"


class CollectionReopened(CollectionEvent):
    """What was handed in for a collection was returned, and nothing else waits for review."""

    name: ClassVar[str] = "evidence.collection.reopened"


class AcceptedItem(BaseModel):
    """The item of evidence that was accepted, with the half-open time that it covers."""

    id: UUID
    title: str
    covers_from: datetime
    covers_until: datetime


class CollectionAccepted(CollectionEvent):
    """A collection has accepted evidence."""

    name: ClassVar[str] = "evidence.collection.accepted"

    evidence: AcceptedItem | None = None


class CollectionOverdue(CollectionEvent):
    """Nothing was handed in for a collection by its due date and the days of grace after it."""

    name: ClassVar[str] = "evidence.collection.overdue"


class CollectionSkipped(CollectionEvent):
    """Evidence is not collected this time; the reason says why."""

    name: ClassVar[str] = "evidence.collection.skipped"


class CollectionRescheduled(CollectionEvent):
    """A collection is due at another time than its cadence says; the reason says why."""

    name: ClassVar[str] = "evidence.collection.rescheduled"


class CollectionReassigned(CollectionEvent):
    """Somebody else is asked for the evidence of a collection."""

    name: ClassVar[str] = "evidence.collection.reassigned"


class _CalendarFeed(Event):
    """Every event about a feed says what it shows; none says where."""

    title: str
    owner_id: UUID | None


class CalendarFeedIssued(_CalendarFeed):
    """Due dates can be read in a calendar by whoever has its address."""

    name: ClassVar[str] = "evidence.calendar_feed.issued"


class CalendarFeedRevoked(_CalendarFeed):
    """The address of a calendar shows nothing any more."""

    name: ClassVar[str] = "evidence.calendar_feed.revoked"
