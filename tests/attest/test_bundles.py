"""Verification of bundles, offline: whatever is done to one is found, and the first thing wrong is named."""

import hashlib
import json
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attest.bundles import verify_bundle
from attest.findings import Broken, Trust
from shared.canonical import canonical
from shared.trail.seal import Seal
from tests.attest.given import SEAL, Members, members, written

TRUST = Trust(frozenset({SEAL.key_id}))
FILES = {"files/1/review.pdf": b"%PDF a review", "files/2/link.json": b'{"url":"https://example.com"}'}


def broken(path: Path, trust: Trust = TRUST) -> tuple[str, str]:
    with pytest.raises(Broken) as found:
        verify_bundle(path, trust)
    return found.value.part, found.value.what


def test_an_untouched_bundle_holds(tmp_path: Path) -> None:
    told = verify_bundle(written(tmp_path / "b.zip", members(FILES)), TRUST).lines
    assert any("2 pieces of accepted evidence" in line for line in told)


def test_a_key_that_nobody_vouches_for_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", members(FILES))
    part, what = broken(path, Trust())
    assert part == "signature.json"
    assert SEAL.key_id in what
    other = Seal(b"another seed of exactly 32 bytes")
    assert broken(written(tmp_path / "o.zip", members(FILES, seal=other)))[0] == "signature.json"


def with_changed_title(all_of_it: Members) -> Members:
    manifest = json.loads(all_of_it["manifest.json"]) | {"title": "Another"}
    return all_of_it | {"manifest.json": canonical(manifest)}


def with_broken_link(_all_of_it: Members) -> Members:
    """Signed again by whoever has the key: the chain of the trail still tells."""
    again = members(FILES)
    trail = again["trail.ndjson"].replace(b'"Kim"', b'"Lee"', 1)
    manifest = json.loads(again["manifest.json"])
    manifest["trail"] |= {"sha256": hashlib.sha256(trail).hexdigest(), "size": len(trail)}
    text = canonical(manifest)
    return again | {"trail.ndjson": trail, "manifest.json": text, "signature.json": canonical(SEAL.sign(text))}


@pytest.mark.parametrize(
    ("spoil", "part", "what"),
    [
        (lambda all_of_it: all_of_it | {"files/1/review.pdf": b"%PDF A review"}, "files/1/review.pdf", "changed"),
        (lambda all_of_it: all_of_it | {"files/1/review.pdf": b"%PDF a"}, "files/1/review.pdf", "changed"),
        (lambda all_of_it: all_of_it | {"files/1/review.pdf": bytes(9**7)}, "files/1/review.pdf", "changed"),
        (lambda all_of_it: {k: v for k, v in all_of_it.items() if "pdf" not in k}, "files/1/review.pdf", "missing"),
        (lambda all_of_it: all_of_it | {"files/3/more.txt": b"more"}, "files/3/more.txt", "added"),
        (with_changed_title, "signature.json", "manifest was altered"),
        (lambda all_of_it: all_of_it | {"signature.json": b"{}"}, "signature.json", "cannot be read"),
        (lambda all_of_it: all_of_it | {"manifest.json": bytes(9**7)}, "manifest.json", "larger"),
        (with_broken_link, "trail.ndjson", "position 1 is not the one that was sealed"),
        (lambda all_of_it: all_of_it | {"contents.ndjson": b""}, "contents.ndjson", "changed"),
        (lambda all_of_it: all_of_it | {"trail.ndjson": b""}, "trail.ndjson", "changed"),
        (lambda all_of_it: all_of_it | {"../outside": b"x"}, "archive", "hostile"),
        (lambda all_of_it: all_of_it | {"/etc/passwd": b"x"}, "archive", "hostile"),
        (lambda all_of_it: all_of_it | {"C:\\evil": b"x"}, "archive", "hostile"),
        (lambda all_of_it: all_of_it | {"files//x": b"x"}, "archive", "hostile"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, spoil: Any, part: str, what: str) -> None:
    found = broken(written(tmp_path / "b.zip", spoil(members(FILES))))
    assert found[0] == part
    assert what in found[1]


def test_a_truncated_archive_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", members(FILES))
    whole = path.read_bytes()
    for end in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert broken(path)[0] == "archive"


def test_bytes_around_the_archive_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", members(FILES))
    whole = path.read_bytes()
    path.write_bytes(b"#!/bin/sh\n" + whole)
    assert broken(path)[0] == "archive"
    path.write_bytes(whole[:-2] + b"\x04\x00more")
    assert broken(path)[0] == "archive"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_and_links_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", members(FILES))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("files/1/review.pdf", b"another")
    assert broken(path) == ("archive", "holds two members of the same name")
    link = zipfile.ZipInfo("files/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = written(tmp_path / "l.zip", members(FILES))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "no plain file" in broken(path)[1]


@st.composite
def spoilt(draw: st.DrawFn) -> Members:
    """A bundle with one mutation of what it holds: a byte, a length, a name, a member more or less, two swapped."""
    whole = members(FILES)
    name, other = draw(st.lists(st.sampled_from(sorted(whole)), min_size=2, max_size=2, unique=True))
    body = whole[name]
    place, bit = draw(st.integers(0, len(body) - 1)), 1 << draw(st.integers(0, 7))
    others = {each: text for each, text in whole.items() if each != name}
    mutations: list[Members] = [
        whole | {name: body[:place] + bytes([body[place] ^ bit]) + body[place + 1 :]},
        whole | {name: body[:place]},
        whole | {name: body + draw(st.binary(min_size=1, max_size=9))},
        others,
        others | {f"{name}x": body},
        whole | {f"files/{draw(st.uuids())}/x": draw(st.binary(max_size=9))},
        whole | {name: whole[other], other: body},
    ]
    return draw(st.sampled_from(mutations))


@settings(max_examples=200)
@given(spoilt())
def test_every_single_mutation_is_found(spoilt_members: Members) -> None:
    with tempfile.TemporaryDirectory() as folder:
        broken(written(Path(folder) / "b.zip", spoilt_members))


@settings(max_examples=200)
@given(st.data())
def test_a_flipped_bit_anywhere_is_found_or_changes_nothing_that_was_signed(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "b.zip", members(FILES))
        whole = bytearray(path.read_bytes())
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(whole)
        try:
            verify_bundle(path, TRUST)
        except Broken:
            return
        with zipfile.ZipFile(path) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == members(FILES)


def test_the_command_says_it_and_leaves_with_it(tmp_path: Path) -> None:
    path = written(tmp_path / "b.zip", members(FILES))
    words = [sys.executable, "-m", "attest", "verify", str(path), "--key"]
    holds = subprocess.run([*words, SEAL.key_id], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (holds.returncode, holds.stdout[:5]) == (0, "HOLDS"), holds.stderr
    hexadecimal = subprocess.run([*words, SEAL.public.hex()], capture_output=True, text=True, check=False)  # noqa: S603
    assert hexadecimal.returncode == 0
    other = subprocess.run([*words, "another"], capture_output=True, text=True, check=False)  # noqa: S603
    assert (other.returncode, other.stdout[:6]) == (1, "BROKEN")
