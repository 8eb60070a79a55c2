"""How what is collected is shown in a calendar. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.calendars.writing import CalendarEntry, EntryStatus

MOST_PLANNED = 12
PLANNED, SKIPPED = "planned", "skipped"
_SETTLED = frozenset({"submitted", "accepted", SKIPPED})
_STATUS = {PLANNED: EntryStatus.TENTATIVE, SKIPPED: EntryStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class DueDate:
    """A due date, by an expectation or an auditor's request.

    `sequence` is 0 until the collection is opened, and then counts its changes.
    """

    expectation_id: UUID | None
    intended_on: date
    title: str
    owner: str
    state: str
    covers_from: datetime | None
    covers_until: datetime | None
    due_at: datetime
    sequence: int
    changed_at: datetime
    request_id: UUID | None = None

    @property
    def in_calendar(self) -> CalendarEntry:
        """The entry that shows it."""
        return CalendarEntry(
            uid=self._uid,
            title=self.title,
            state=self.state,
            due=self.due_at,
            about=self._about,
            sequence=self.sequence,
            changed_at=self.changed_at,
            status=_STATUS.get(self.state, EntryStatus.CONFIRMED),
            settled=self.state in _SETTLED,
        )

    @property
    def _uid(self) -> str:
        """The same before and after the collection is opened, whatever becomes of its due date."""
        if self.request_id is not None:
            return f"{self.request_id}@attest"
        return f"{self.expectation_id}.{self.intended_on}@attest"

    @property
    def _about(self) -> str:
        """What is asked of whom."""
        if self.covers_from is None or self.covers_until is None:
            return f"Evidence for an auditor.\nAsked of {self.owner}."
        period = f"{self.covers_from:%Y-%m-%d %H:%M %Z} until {self.covers_until:%Y-%m-%d %H:%M %Z}"
        return f"Evidence of {period}.\nAsked of {self.owner}."
