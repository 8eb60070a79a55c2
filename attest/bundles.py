"""A bundle or an engagement file: signature, manifest, contents, files, records, trail; the first wrong one is named.

The signature is over the manifest, the manifest names the digests of the lists, the contents those of the files. Memory
holds the names of the members and one line or part of a file at a time.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attest.archives import Archive
from attest.events import check_alone
from attest.findings import Broken, Holds, Trust
from shared.canonical import canonical
from shared.trail.seal import SealBroken, check

BUNDLE, ENGAGEMENT_FILE = "attest.bundle/1", "attest.engagement-file/1"
_HELD = {
    BUNDLE: "pieces of accepted evidence, each as it was accepted",
    ENGAGEMENT_FILE: "files, each as it was when the engagement was completed",
}
_MANIFEST, _SIGNATURE = "manifest.json", "signature.json"
_LARGEST_MANIFEST = 1024 * 1024
_LARGEST_SIGNATURE = 4096


def verify_bundle(path: Path, trust: Trust) -> Holds:
    """What holds of the archive, or `Broken` with the first thing that does not."""
    archive = Archive(path)
    try:
        return _verify(archive, trust)
    finally:
        archive.close()


def _verify(archive: Archive, trust: Trust) -> Holds:
    holds = Holds()
    text = archive.whole(_MANIFEST, most=_LARGEST_MANIFEST)
    signed = archive.whole(_SIGNATURE, most=_LARGEST_SIGNATURE)
    try:
        signature = json.loads(signed)
    except ValueError as error:
        raise Broken(_SIGNATURE, "cannot be read") from error
    if canonical(signature) != signed:
        raise Broken(_SIGNATURE, "is not written as Attest writes it")
    try:
        key_id = check(text, signature)
    except SealBroken as error:
        raise Broken(_SIGNATURE, f"{error}; the manifest was altered, or signed by another") from error
    manifest = _json(_MANIFEST, text)
    if manifest.get("format") not in _HELD:
        raise Broken(_MANIFEST, f"of the format {manifest.get('format')!r}, and this checks {', '.join(_HELD)}")
    trust.vouches_for(key_id, _SIGNATURE)
    holds.add(f"Signed with the key {key_id} on {_text(manifest, 'assembled_at')}: {_text(manifest, 'title')}")
    try:
        expected = _check_contents(archive, manifest["format"], manifest["contents"], holds)
        if manifest["format"] == ENGAGEMENT_FILE:
            expected |= _check_records(archive, manifest["records"], holds)
        expected |= {_MANIFEST, _SIGNATURE, manifest["trail"]["path"]}
        if added := sorted(archive.names - expected):
            raise Broken(added[0], "added: the contents do not name it")
        _check_trail(archive, manifest["trail"], holds)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Broken(_MANIFEST, f"cannot be understood: {type(error).__name__} {error}") from error
    return holds


def _check_contents(archive: Archive, kind: str, part: Mapping[str, Any], holds: Holds) -> set[str]:
    """Each line's file as it was signed; the names of all of them."""
    seen, lines, size = {str(part["path"])}, 0, 0
    for line in archive.lines(part["path"], sha256=part["sha256"], size=part["size"]):
        item = _json(part["path"], line)
        lines += 1
        if item["path"] is None:
            continue  # disposed of by then, or malware: its digest is all there is
        if item["path"] in seen:
            raise Broken(item["path"], "listed twice")
        seen.add(item["path"])
        archive.check(item["path"], sha256=item["sha256"], size=item["size"])
        size += item["size"]
    if lines != part["lines"]:
        raise Broken(part["path"], f"has {lines} lines, and the manifest says {part['lines']}")
    holds.add(f"{lines} {_HELD[kind]}, {size} bytes in all")
    return seen


def _check_records(archive: Archive, parts: Sequence[Mapping[str, Any]], holds: Holds) -> set[str]:
    """The lists of records as they were signed; the names of all of them."""
    counted = 0
    for part in parts:
        lines = sum(1 for _ in archive.lines(part["path"], sha256=part["sha256"], size=part["size"]))
        if lines != part["lines"]:
            raise Broken(part["path"], f"has {lines} lines, and the manifest says {part['lines']}")
        counted += lines
    holds.add(f"{counted} records in {len(parts)} lists, each as it was when the engagement was completed")
    return {str(part["path"]) for part in parts}


def _check_trail(archive: Archive, part: Mapping[str, Any], holds: Holds) -> None:
    lines = 0
    for line in archive.lines(part["path"], sha256=part["sha256"], size=part["size"]):
        lines += 1
        check_alone(_json(part["path"], line), part["path"])
    if lines != part["lines"]:
        raise Broken(part["path"], f"has {lines} lines, and the manifest says {part['lines']}")
    holds.add(f"{lines} events of the trail, each linked to the one before it")


def _json(part: str, text: bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise Broken(part, "is not JSON") from error
    if not isinstance(document, dict):
        raise Broken(part, "is not a JSON object")
    return document


def _text(manifest: Mapping[str, Any], member: str) -> str:
    return str(manifest.get(member, "")).replace("\n", " ")
