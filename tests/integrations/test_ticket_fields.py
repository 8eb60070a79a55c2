"""What follows from a change of a field, and when a system is asked again: the rules, without any system."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.integrations.ticketing.connections.models import TicketQueue
from services.integrations.ticketing.connections.rules import count_writes, may_write, next_minute, rest_after
from services.integrations.ticketing.fields.models import FieldResult, FieldState
from services.integrations.ticketing.fields.rules import Ours, agreed, decide, settled, theirs_of
from services.integrations.ticketing.terms.models import (
    Category,
    FieldDirection,
    FieldName,
    Outside,
    TicketCode,
)
from services.integrations.ticketing.terms.rules import clean, link_of, refusal_of, rest_of
from shared.clock import new_id

AT = datetime(2026, 5, 14, 9, tzinfo=UTC)
VALUES = st.sampled_from([None, "a", "b", "c"])
DIRECTIONS = st.sampled_from([*FieldDirection])


@given(DIRECTIONS, VALUES, VALUES, VALUES)
def test_what_says_the_same_on_both_sides_is_written_never(
    direction: FieldDirection, sent: str | None, seen: str | None, value: str | None
) -> None:
    writes, state = decide(direction, FieldState(sent, seen, seen), value, value, touched=True)
    assert (writes, state.result, state.sent, state.seen) == (False, FieldResult.IN_STEP, value, value)


@given(DIRECTIONS, VALUES, VALUES, VALUES)
def test_what_was_written_is_not_written_again_whatever_the_system_made_of_it(
    direction: FieldDirection, ours: str | None, made: str | None, before: str | None
) -> None:
    state = agreed(ours, made)
    assert state.result == (FieldResult.IN_STEP if ours == made else FieldResult.ALTERED)
    assert decide(direction, state, ours, made, touched=True)[0] is False
    refused = FieldState(ours, made, made, FieldResult.REFUSED)
    assert decide(direction, refused, ours, made, touched=False)[0] is False


@pytest.mark.parametrize(
    ("direction", "ours", "theirs", "writes", "result"),
    [
        ("out", "new", "old", True, "in_step"),
        ("out", "old", "new", True, "in_step"),
        ("out", "new", "newer", True, "in_step"),
        ("in", "new", "old", False, "in_step"),
        ("both", "new", "old", True, "in_step"),
        ("both", "old", "new", False, "in_step"),
        ("both", "new", "newer", False, "conflict"),
    ],
)
def test_who_changed_a_field_decides_by_its_direction(
    direction: str, ours: str, theirs: str, writes: bool, result: str
) -> None:
    decided, state = decide(FieldDirection(direction), agreed("old", "old"), ours, theirs, touched=False)
    assert (decided, state.result, state.theirs) == (writes, result, theirs)


def test_a_conflict_stays_until_it_is_settled() -> None:
    both = FieldDirection.BOTH
    _, conflict = decide(both, agreed("old", "old"), "ours", "theirs", touched=False)
    writes, still = decide(both, conflict, "ours", "theirs", touched=True)
    assert (writes, still.result) == (False, FieldResult.CONFLICT)
    writes, _ = decide(both, settled(still, "ours", keep_ours=True), "ours", "theirs", touched=False)
    assert writes
    writes, state = decide(both, settled(still, "ours", keep_ours=False), "ours", "theirs", touched=False)
    assert (writes, state.result) == (False, FieldResult.IN_STEP)
    assert decide(both, still, "same", "same", touched=False)[1].result == FieldResult.IN_STEP


def test_what_was_refused_is_tried_again_when_the_ticket_was_touched() -> None:
    refused = FieldState("done", "open", "open", FieldResult.REFUSED)
    assert decide(FieldDirection.BOTH, refused, "done", "open", touched=True)[0]


@pytest.mark.parametrize(
    ("category", "state"),
    [(Category.OPEN, "open"), (Category.IN_PROGRESS, "open"), (Category.DONE, "done"), (Category.DROPPED, "done")],
)
def test_a_state_is_compared_as_open_or_done(category: Category, state: str) -> None:
    outside = Outside("1", "#1", None, "T", date(2026, 5, 1), category, "x", None, None)
    assert theirs_of(outside, FieldName.STATE) == state
    assert theirs_of(outside, FieldName.DUE_ON) == "2026-05-01"
    assert Ours("T", None, is_over=True).of(FieldName.STATE) == "done"
    assert Ours("T", None, is_over=False).of(FieldName.DUE_ON) is None


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (200, {}, None),
        (204, {}, None),
        (301, {}, TicketCode.NOT_FOUND),
        (401, {}, TicketCode.UNAUTHORIZED),
        (403, {}, TicketCode.FORBIDDEN),
        (403, {"retry-after": "60"}, TicketCode.RATE_LIMITED),
        (403, {"x-ratelimit-remaining": "0"}, TicketCode.RATE_LIMITED),
        (403, {"x-ratelimit-remaining": "10"}, TicketCode.FORBIDDEN),
        (404, {}, TicketCode.NOT_FOUND),
        (409, {}, TicketCode.CONFLICT),
        (422, {}, TicketCode.REFUSED),
        (429, {}, TicketCode.RATE_LIMITED),
        (503, {}, TicketCode.SERVER_ERROR),
    ],
)
def test_what_a_status_means(status: int, headers: dict[str, str], code: TicketCode | None) -> None:
    assert refusal_of(status, headers) == code


def test_how_long_a_system_is_left_alone() -> None:
    limited = TicketCode.RATE_LIMITED
    assert rest_of(limited, {"retry-after": "90"}, at=AT) == timedelta(seconds=90)
    reset = str(int((AT + timedelta(minutes=7)).timestamp()))
    assert rest_of(limited, {"x-ratelimit-reset": reset}, at=AT) == timedelta(minutes=7)
    assert rest_of(limited, {"x-ratelimit-reset": "soon"}, at=AT) == timedelta(minutes=1)
    assert rest_of(TicketCode.REFUSED, {}, at=AT) is None
    assert rest_after(1, asked=None) == timedelta(seconds=30)
    assert rest_after(3, asked=None) == timedelta(minutes=2)
    assert rest_after(50, asked=None) == timedelta(minutes=30)
    assert rest_after(1, asked=timedelta(hours=2)) == timedelta(hours=2)


def test_writes_of_a_minute_stay_below_the_cap() -> None:
    queue = TicketQueue(connection_id=new_id(), org_id=new_id())
    written = 0
    while may_write(queue, most=30, at=AT):
        count_writes(queue, 4, at=AT)
        written += 4
    assert written == 28
    assert next_minute(queue, at=AT) == AT + timedelta(minutes=1)
    assert may_write(queue, most=30, at=AT + timedelta(minutes=1))


def test_what_comes_from_outside_is_kept_as_one_short_line() -> None:
    assert clean("a\x00b\nc" + "x" * 999) == "a b c" + "x" * 295
    assert clean({"a": 1}) is None
    assert clean(7) == "7"
    assert link_of("https://example.com/1") == "https://example.com/1"
    assert link_of("javascript:alert(1)") is None
    assert link_of("https://example.com/\n") is None
