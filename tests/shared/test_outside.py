"""Names of controls outside the scope do not stand in what auditors are answered."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.controls.programmes.programmes.queries import ProgrammeQuery, programmes
from shared.data.outside import OUTSIDE, ClientWords, without_names

NAMES = ("AC-9", "AC-99", "Backups are tested")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("AC-99 fails.", f"{OUTSIDE} fails."),
        ("see:ac-9", f"see:{OUTSIDE}"),  # not a framework of ours
        ("see ac-9, AC-9", f"see {OUTSIDE}, {OUTSIDE}"),
        ("AC-999, MAC-9 and AC-9x", "AC-999, MAC-9 and AC-9x"),
        ("backups\nare  TESTED weekly", f"{OUTSIDE} weekly"),
        ("soc2:AC-9", "soc2:AC-9"),
        ('"AC-9"', f'"{OUTSIDE}"'),
    ],
)
def test_a_name_is_a_whole_word_in_any_case(text: str, seen: str) -> None:
    body = json.dumps({"items": [{"text": text, "more": [{"deep": text}]}], "next_cursor": "AC-9"}).encode()
    answer = json.loads(without_names(body, NAMES))
    assert answer == {"items": [{"text": seen, "more": [{"deep": seen}]}], "next_cursor": "AC-9"}


def test_only_the_members_in_which_the_client_writes_are_cleaned() -> None:
    words = ClientWords("text", "tags", unless="by_firm")
    ours = {"text": "AC-9", "tags": ["AC-99"], "status": "AC-9", "by_firm": False}
    theirs = ours | {"by_firm": True}
    page = json.dumps({"items": [ours, theirs], "next_cursor": "AC-9"}).encode()
    cleaned = ours | {"text": OUTSIDE, "tags": [OUTSIDE]}
    assert json.loads(without_names(page, NAMES, words)) == {"items": [cleaned, theirs], "next_cursor": "AC-9"}
    assert json.loads(without_names(json.dumps(ours).encode(), NAMES, words)) == cleaned


_LEAVES = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(_LEAVES, lambda each: st.lists(each) | st.dictionaries(st.text(), each)))
def test_what_names_nothing_stays_as_it_is(document: Any) -> None:
    body = json.dumps({"it": document}).encode()
    assert json.loads(without_names(body, ["\x00-no-control-is-called-so"])) == {"it": document}
    assert without_names(body, []) == body


@pytest.mark.parametrize(
    ("sort", "words"), [("created_at", []), ("-updated_at", []), ("title", ["sort"]), ("-title", ["sort"])]
)
def test_a_list_by_title_is_asked_for_words(sort: str, words: list[str]) -> None:
    assert [*programmes.asks_for_words(ProgrammeQuery.model_validate({"sort": sort}))] == words
