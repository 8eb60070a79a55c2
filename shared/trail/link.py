"""One link of the chain: pure, so that it can be checked where there is neither database nor service."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from enum import StrEnum
from typing import Any

GENESIS = bytes(32)


class TrailStatus(StrEnum):
    """What a service alone can say of its trail: whoever has all power over its database can alter the witnesses too.

    Unwitnessed: the chain holds in itself, but no head of it is kept that others were told, or fewer than it announced.
    """

    VERIFIED = "verified"
    UNWITNESSED = "unwitnessed"
    BROKEN = "broken"


class Break(StrEnum):
    """What can be wrong with a chain. Rewritten: it holds in itself, and is not the one that others have witnessed."""

    CHANGED = "changed"
    MISSING = "missing"
    REORDERED = "reordered"
    DUPLICATED = "duplicated"
    REWRITTEN = "rewritten"


def link(previous: bytes, position: int, row: Mapping[str, Any] | Any) -> bytes:
    """The SHA-256 digest of an event at a position, after the digest before it; its JSON parts are text or parsed."""
    parts = [
        position,
        str(row["id"]),
        str(row["org_id"]),
        row["type"],
        str(row["subject"]),
        row["version"],
        row["actor"],
        row["person"] and str(row["person"]),
        row["person_name"],
        row["client"] and str(row["client"]),
        row["client_name"],
        row["firm"] and str(row["firm"]),
        row["reason"],
        row["occurred_at"].astimezone(UTC).isoformat(),
        *(_parsed(row[part]) for part in ("data", "before", "after")),
        row["cause"] and str(row["cause"]),
        row["traceparent"],
    ]
    return hashlib.sha256(previous + json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).digest()


def _parsed(part: Any) -> Any:
    return json.loads(part) if isinstance(part, str) else part
