"""Calendars as RFC 5545 has them, and the tokens of their addresses."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from shared.calendars.tokens import FeedToken
from shared.calendars.writing import CalendarEntry, calendar

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)


def an_entry(**changes: Any) -> CalendarEntry:
    given = {
        "uid": "1@attest",
        "title": "Access review",
        "state": "open",
        "due": AT,
        "about": "Asked of dana.",
        "sequence": 1,
        "changed_at": AT,
    }
    return CalendarEntry(**given | changes)  # type: ignore[arg-type]


def test_a_day_is_a_whole_day_and_an_instant_an_instant() -> None:
    text = calendar("C", [an_entry(due=date(2026, 4, 1)), an_entry(uid="2@attest")], made_by="Tests")
    day, instant = Calendar.from_ical(text).walk("VEVENT")
    assert (day.decoded("DTSTART"), "DURATION" in day) == (date(2026, 4, 1), False)
    assert (instant.decoded("DTSTART"), "DURATION" in instant) == (AT, True)


def test_nobody_is_reminded_of_what_is_settled() -> None:
    (event,) = Calendar.from_ical(calendar("C", [an_entry(settled=True)], made_by="Tests")).walk("VEVENT")
    assert event.walk("VALARM") == []


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_any_title_comes_back_as_it_was(title: str) -> None:
    read = Calendar.from_ical(calendar(title, [an_entry(title=title)], made_by="Tests"))
    [event] = read.walk("VEVENT")
    assert str(read["X-WR-CALNAME"]) == title
    assert str(event["SUMMARY"]) == f"{title} (open)"


def test_lines_are_folded_and_end_as_the_standard_has_it() -> None:
    text = calendar("Ü" * 200, [an_entry(title="Review; of, all\\systems\nsecond line")], made_by="Tests")
    lines = text.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(len(line) for line in lines) <= 75
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]


def test_the_same_dates_are_the_same_bytes() -> None:
    one, two = an_entry(), an_entry(uid="2@attest")
    assert calendar("C", [one, two], made_by="T") == calendar("C", [two, one], made_by="T")


@given(st.text(max_size=140))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    assert FeedToken.read(text) is None
    assert FeedToken.read(FeedToken.PREFIX + text) is None or len(text) > 80


def test_a_token_is_read_back_and_opens_only_its_own() -> None:
    mine, other = FeedToken.new(UUID(int=1), UUID(int=2)), FeedToken.new(UUID(int=1), UUID(int=2))
    assert FeedToken.read(str(mine)) == mine
    assert mine.opens(mine.digest)
    assert not mine.opens(other.digest)
