"""What the audit service announces of an organisation's own plan of its engagements."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _CostEntry(Event):
    """Every event about a cost entry says where it counts, and never how much or for what it was."""

    measure: str
    kind: str
    engagement_id: UUID | None
    programme_id: UUID | None
    year: int
    currency: str
    counters_id: UUID | None


class CostEntryRecorded(_CostEntry):
    """An amount of the budget, an actual amount or a counter-entry was recorded."""

    name: ClassVar[str] = "audit.cost_entry.recorded"


class CostEntryWithdrawn(_CostEntry):
    """A cost entry counts no longer, for a reason; it stays on record."""

    name: ClassVar[str] = "audit.cost_entry.withdrawn"


class _AuditCalendarFeed(Event):
    """Every event about a feed says what it shows; none says where."""

    title: str
    owner_id: UUID | None


class AuditCalendarFeedIssued(_AuditCalendarFeed):
    """Milestones and due days can be read in a calendar by whoever has its address."""

    name: ClassVar[str] = "audit.audit_calendar_feed.issued"


class AuditCalendarFeedRevoked(_AuditCalendarFeed):
    """The address of a calendar of engagements shows nothing any more."""

    name: ClassVar[str] = "audit.audit_calendar_feed.revoked"


class _Milestone(Event):
    """Every event about a milestone says of which engagement, who answers for it, and its days in UTC.

    `planned_on` is the day of the first plan, `due_on` that of the plan now, `done_on` when it was reached, if it was.
    """

    engagement_id: UUID
    kind: str
    title: str
    owner_id: UUID
    planned_on: date
    due_on: date
    done_on: date | None


class MilestonePlanned(_Milestone):
    """A milestone of an engagement was planned."""

    name: ClassVar[str] = "audit.milestone.planned"


class MilestoneRevised(_Milestone):
    """The title, the owner or, with a reason, the due day of a milestone changed."""

    name: ClassVar[str] = "audit.milestone.revised"


class MilestoneReached(_Milestone):
    """A milestone was reached: somebody said so, or the engagement moved to the phase that shows it."""

    name: ClassVar[str] = "audit.milestone.reached"


class MilestoneReopened(_Milestone):
    """A milestone was not reached after all, or the engagement went back to before it."""

    name: ClassVar[str] = "audit.milestone.reopened"


class MilestoneWithdrawn(_Milestone):
    """A milestone is none any longer, for a reason; it stays on record."""

    name: ClassVar[str] = "audit.milestone.withdrawn"
