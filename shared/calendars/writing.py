"""How due dates become a calendar (RFC 5545)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from icalendar import Alarm, Calendar, Event, vDuration, vText

SHOWN_BACK, SHOWN_AHEAD = timedelta(days=90), timedelta(days=366)
MOST_ENTRIES = 2000
_READ_AGAIN = timedelta(hours=1)
_LASTS = timedelta(minutes=15)
_REMINDED_BEFORE = timedelta(days=1)


class EntryStatus(StrEnum):
    """How sure an entry is, in the words of RFC 5545."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A due date: an instant, or a whole day.

    `uid` is the same however often the date changes, and `sequence` counts the changes. `state` is in the words of who
    shows it; nobody is reminded of what is `settled`.
    """

    uid: str
    title: str
    state: str
    due: datetime | date
    about: str
    sequence: int
    changed_at: datetime
    status: EntryStatus = EntryStatus.CONFIRMED
    settled: bool = False


def calendar(title: str, entries: Iterable[CalendarEntry], *, made_by: str) -> bytes:
    """Due dates as a calendar; the same dates give the same bytes. `made_by` names the part of Attest they are of."""
    made = Calendar()
    made.add("prodid", f"-//Attest//{made_by}//EN")
    made.add("version", "2.0")
    made.add("name", title)
    made.add("x-wr-calname", title)
    made.add("refresh-interval", vDuration(_READ_AGAIN), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(_READ_AGAIN))
    for entry in sorted(entries, key=lambda entry: (entry.due.isoformat(), entry.uid)):
        made.add_component(_event(entry))
    text: bytes = made.to_ical()
    return text


def _event(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("summary", f"{entry.title} ({entry.state})")
    event.add("dtstart", entry.due)
    if isinstance(entry.due, datetime):
        event.add("duration", _LASTS)
    event.add("status", entry.status.value)
    event.add("transp", "TRANSPARENT")
    event.add("categories", [vText(entry.state)])
    event.add("description", entry.about)
    if not entry.settled:
        event.add_component(_alarm(entry))
    return event


def _alarm(entry: CalendarEntry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"Due tomorrow: {entry.title}")
    alarm.add("trigger", -_REMINDED_BEFORE)
    return alarm
