"""Events of a trail as lines of JSON: whether each is linked to the digest before it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attest.findings import Broken
from shared.trail.link import GENESIS, link


def digest_after(event: Mapping[str, Any], previous: bytes, position: int) -> bytes:
    """The digest this event has at a position, after the one before it."""
    return link(previous, position, {**event, "occurred_at": datetime.fromisoformat(event["occurred_at"])})


def check_alone(event: Mapping[str, Any], part: str) -> None:
    """`Broken` unless the event has the digest it names, after the digest it names as the one before."""
    position = event["position"]
    where = f"the event {event['id']} at position {position}"
    previous = bytes.fromhex(event["previous"])
    if (position == 1) != (previous == GENESIS) or digest_after(event, previous, position).hex() != event["digest"]:
        raise Broken(part, f"{where} is not the one that was sealed")
