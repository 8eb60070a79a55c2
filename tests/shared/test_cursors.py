"""Cursors come back from clients: whatever they say, PostgreSQL can take the value, or they are refused."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.data.cursors import Cursor
from shared.problems import Invalid

_ID = UUID("01900000-0000-7000-8000-000000000000")


def made_up(value: Any) -> str:
    text = json.dumps(["name", value, str(_ID)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (str, "a\ud800"),
        (str, "a\x00"),
        (str, 5),
        (datetime, "0001-01-01T00:00:00+14:00"),
        (datetime, "9999-12-31T23:59:59-14:00"),
        (datetime, "2026-01-01T00:00:00"),
        (date, "0000-00-00"),
        (int, 2**31),
        (int, True),
        (UUID, "1"),
        (UUID, 1),
    ],
)
def test_a_value_that_no_column_has_is_refused(kind: type[Any], value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        Cursor.decode(made_up(value), kind=kind, sort="name")
    assert refused.value.faults[0].pointer == "query/cursor"


@given(
    st.one_of(
        st.tuples(st.just(str), st.text().filter(lambda text: "\x00" not in text)),
        st.tuples(st.just(datetime), st.datetimes(timezones=st.just(UTC))),
        st.tuples(st.just(date), st.dates()),
        st.tuples(st.just(int), st.integers(-(2**31) + 1, 2**31 - 1)),
        st.tuples(st.just(UUID), st.uuids()),
    )
)
def test_what_a_list_gave_out_comes_back(column: tuple[type[Any], Any]) -> None:
    kind, value = column
    cursor = Cursor("name", value, _ID)
    assert Cursor.decode(cursor.encode(), kind=kind, sort="name") == cursor


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Cursor.decode(text, kind=str, sort="name")
