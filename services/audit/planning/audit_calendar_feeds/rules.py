"""How milestones and the due days of requests are shown in a calendar. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.audit.planning.milestones.models import MilestoneStatus
from services.audit.requests.requests.models import RequestStatus
from shared.calendars.writing import CalendarEntry, EntryStatus

# Nobody of the client has to do anything about these.
_SETTLED = frozenset(
    {
        MilestoneStatus.DONE,
        MilestoneStatus.WITHDRAWN,
        RequestStatus.SUBMITTED,
        RequestStatus.DECLARED_UNAVAILABLE,
        RequestStatus.ACCEPTED,
        RequestStatus.UNAVAILABLE,
        RequestStatus.CANCELLED,
    }
)
_CANCELLED = frozenset({MilestoneStatus.WITHDRAWN, RequestStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class DueDay:
    """A milestone, or a request of the auditing party, with the UTC day on which it is due."""

    id: UUID
    title: str
    engagement: str
    owner: str | None
    status: str
    due_on: date
    version: int
    changed_at: datetime

    def in_calendar(self, *, today: date) -> CalendarEntry:
        """The entry that shows it. What is due and not settled by then is overdue the day after."""
        settled = self.status in _SETTLED
        return CalendarEntry(
            uid=f"{self.id}@attest",
            title=self.title,
            state="overdue" if self.due_on < today and not settled else self.status.replace("_", " "),
            due=self.due_on,
            about=f"{self.engagement}.\n" + (f"Owner: {self.owner}." if self.owner else "It has no owner yet."),
            sequence=self.version,
            changed_at=self.changed_at,
            status=EntryStatus.CANCELLED if self.status in _CANCELLED else EntryStatus.CONFIRMED,
            settled=settled,
        )
