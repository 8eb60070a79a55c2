"""A bundle as the evidence service writes one, small enough to spoil in every way."""

import hashlib
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.canonical import canonical
from shared.trail.export import line_of_event
from shared.trail.link import GENESIS, link
from shared.trail.seal import Seal

SEAL = Seal(b"a seed of exactly 32 bytes......")
Members = dict[str, bytes]
Spoil = Callable[[Members], Members]


def chain(count: int) -> list[dict[str, Any]]:
    """Sealed events, oldest first."""
    previous = GENESIS
    rows: list[dict[str, Any]] = []
    for position in range(1, count + 1):
        row: dict[str, Any] = {
            "id": uuid.UUID(int=position),
            "org_id": uuid.UUID(int=7),
            "type": "evidence.item.accepted",
            "subject": uuid.UUID(int=position),
            "version": 2,
            "actor": "client",
            "person": uuid.UUID(int=8),
            "person_name": "Kim",
            "client": uuid.UUID(int=9),
            "client_name": "Exporter",
            "firm": None,
            "reason": None,
            "occurred_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=position),
            "data": {"title": f"Review {position}", "weight": 0.1},
            "before": {"status": "submitted"},
            "after": {"status": "accepted"},
            "cause": None,
            "traceparent": None,
            "position": position,
        }
        digest = link(previous, position, row)
        rows.append(row | {"previous": previous, "digest": digest})
        previous = digest
    return rows


def members(files: dict[str, bytes], *, seal: Seal = SEAL, **manifest: Any) -> Members:
    """The members of a bundle with these files, signed."""
    lines = [
        {"path": path, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body), "title": path}
        for path, body in files.items()
    ]
    contents = b"".join(canonical(each) + b"\n" for each in lines)
    trail = b"".join(line_of_event(row, previous=row["previous"]) for row in chain(len(files)))
    parts = {
        "contents": _part("contents.ndjson", contents, len(files)),
        "trail": _part("trail.ndjson", trail, len(files)),
    }
    text = canonical({"format": "attest.bundle/1", "title": "Access", "assembled_at": "2026", **parts, **manifest})
    return {
        **files,
        "contents.ndjson": contents,
        "trail.ndjson": trail,
        "manifest.json": text,
        "signature.json": canonical(seal.sign(text)),
    }


def written(path: Path, members: Members) -> Path:
    """These members as a ZIP."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return path


def _part(path: str, body: bytes, lines: int) -> dict[str, Any]:
    return {"path": path, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body), "lines": lines}
