"""What the address of a feed is, and how due dates become a calendar (RFC 5545). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vDuration, vText

from shared.identity.link_tokens import LinkToken

LONGEST_TOKEN = 120
SHOWN_BACK, SHOWN_AHEAD = timedelta(days=90), timedelta(days=366)
MOST_PLANNED = 12
_READ_AGAIN = timedelta(hours=1)
_LASTS = timedelta(minutes=15)
_REMINDED_BEFORE = timedelta(days=1)


class Token(LinkToken):
    """The secret part of a feed's address, which says whose feed it is as well.

    Secret scanners of code hosts find leaked addresses by a prefix like this.
    """

    PREFIX = "attest_cal_"


@dataclass(frozen=True, slots=True)
class Entry:
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
    def uid(self) -> str:
        """The same before and after the collection is opened, whatever becomes of its due date."""
        if self.request_id is not None:
            return f"{self.request_id}@attest"
        return f"{self.expectation_id}.{self.intended_on}@attest"

    @property
    def about(self) -> str:
        """What is asked of whom."""
        if self.covers_from is None or self.covers_until is None:
            return f"Evidence for an auditor.\nAsked of {self.owner}."
        period = f"{self.covers_from:%Y-%m-%d %H:%M %Z} until {self.covers_until:%Y-%m-%d %H:%M %Z}"
        return f"Evidence of {period}.\nAsked of {self.owner}."


PLANNED, SKIPPED = "planned", "skipped"
_DONE = frozenset({"submitted", "accepted", SKIPPED})
_STATUS = {PLANNED: "TENTATIVE", SKIPPED: "CANCELLED"}


def calendar(title: str, entries: Iterable[Entry]) -> bytes:
    """Due dates as a calendar; the same dates give the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Attest//Evidence//EN")
    made.add("version", "2.0")
    made.add("name", title)
    made.add("x-wr-calname", title)
    made.add("refresh-interval", vDuration(_READ_AGAIN), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(_READ_AGAIN))
    for entry in sorted(entries, key=lambda entry: (entry.due_at, entry.uid)):
        made.add_component(_event(entry))
    text: bytes = made.to_ical()
    return text


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("summary", f"{entry.title} ({entry.state})")
    event.add("dtstart", entry.due_at)
    event.add("duration", _LASTS)
    event.add("status", _STATUS.get(entry.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [vText(entry.state)])
    event.add("description", entry.about)
    if entry.state not in _DONE:
        event.add_component(_alarm(entry))
    return event


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Due tomorrow: {entry.title}")
    alarm.add("trigger", -_REMINDED_BEFORE)
    return alarm
