"""Verification of exported trails, offline."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attest.findings import Broken, Trust
from attest.trails import verify_trail
from shared.canonical import canonical
from shared.trail.export import FORMAT, line_of_event
from tests.attest.given import chain

ROWS = chain(5)
LINES = [line_of_event(row) for row in ROWS]
FIRST = {
    "kind": "trail",
    "format": FORMAT,
    "service": "evidence",
    "org_id": "x",
    "exported_at": "2026",
    "head": {"position": 5, "digest": ROWS[-1]["digest"].hex()},
    "timestamps": 0,
}
Spoil = Callable[[list[bytes]], list[bytes]]


def written(path: Path, lines: list[bytes], **first: Any) -> Path:
    path.write_bytes(canonical(FIRST | first) + b"\n" + b"".join(lines))
    return path


def broken(path: Path, trust: Trust | None = None) -> str:
    with pytest.raises(Broken) as found:
        verify_trail(path, trust or Trust())
    return str(found.value)


def changed(line: bytes, **members: Any) -> bytes:
    return canonical(json.loads(line) | members) + b"\n"


def test_an_untouched_trail_holds(tmp_path: Path) -> None:
    assert "5 events" in verify_trail(written(tmp_path / "t", LINES), Trust()).lines[0]
    empty = written(tmp_path / "e", [], head=None)
    assert "0 events" in verify_trail(empty, Trust()).lines[0]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda lines: [*lines[:1], changed(lines[1], person_name="nobody"), *lines[2:]], "position 2: changed"),
        (lambda lines: [*lines[:1], *lines[2:]], "position 2: missing"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "position 3: duplicated"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "position 2: reordered"),
        (lambda lines: lines[:-1], "position 5: missing"),
        (lambda lines: [*lines[:-1], lines[-1][:-5]], "line 6: ends too early"),
        (lambda lines: [*lines, b"{}\n"], "cannot be understood"),
        (lambda lines: [*lines, b"nonsense\n"], "is not JSON"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, spoil: Spoil, named: str) -> None:
    assert named in broken(written(tmp_path / "t", spoil(LINES)))


def test_a_head_that_was_witnessed_elsewhere_must_be_in_it(tmp_path: Path) -> None:
    path = written(tmp_path / "t", LINES)
    head = {"service": "evidence", "position": 3, "digest": ROWS[2]["digest"].hex()}
    heads = tmp_path / "heads"
    for told, named in (
        ([head], None),
        ([head | {"digest": "00" * 32}], "position 3: rewritten"),
        ([head, head | {"digest": "00" * 32}], "position 3: rewritten"),
        ([head | {"position": 9}], "position 6: missing"),
        ([head | {"service": "risk", "digest": "00" * 32}], None),
    ):
        heads.write_text(json.dumps({"items": told}))
        if named is None:
            assert verify_trail(path, Trust(heads=(heads,)))
        else:
            assert named in broken(path, Trust(heads=(heads,)))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_changed_member_of_any_event_is_found(tmp_path: Path, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, 4))
    event = json.loads(LINES[place])
    member = data.draw(st.sampled_from(sorted(set(event) - {"kind"})))
    value = data.draw(st.none() | st.integers(-9, 99) | st.text(max_size=5) | st.just({"a": 1}))
    if value == event[member]:
        return
    broken(written(tmp_path / "t", [*LINES[:place], changed(LINES[place], **{member: value}), *LINES[place + 1 :]]))
