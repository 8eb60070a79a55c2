"""An exported trail: its chain from the first event to the head, what others have witnessed of it, and timestamps."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from attest.events import digest_after
from attest.findings import Broken, Holds, Trust
from attest.stamps import check_stamp
from shared.trail.link import GENESIS, Break

FORMAT = "attest.trail/1"
_LONGEST_LINE = 4 * 1024 * 1024
_TRAIL = "trail"


def verify_trail(path: Path, trust: Trust) -> Holds:
    """What holds of the export, or `Broken` with the first thing that does not. One line is in memory at a time."""
    with path.open("rb") as file:
        lines = _lines(file)
        first = next(lines, {})
        if first.get("kind") != _TRAIL or first.get("format") != FORMAT:
            raise Broken("line 1", f"is not the first line of a trail of the format {FORMAT}")
        try:
            return _verify(first, lines, trust)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Broken("trail", f"cannot be understood: {type(error).__name__} {error}") from error


def _verify(first: Mapping[str, Any], lines: Iterator[dict[str, Any]], trust: Trust) -> Holds:
    holds = Holds()
    awaited = _witnessed(trust, first["service"])
    witnessed = sum(map(len, awaited.values()))
    position, digest, stamps = 0, GENESIS, 0
    for line in lines:
        if line["kind"] == "event":
            digest = _next(line, position, digest, lines)
            position += 1
            if awaited.pop(position, set()) - {digest.hex()}:
                raise Broken(_where(position), f"{Break.REWRITTEN}: another head was witnessed here")
        elif line["kind"] == "timestamp":
            if line["position"] > position:
                raise Broken(_where(position + 1), f"{Break.MISSING}: an authority has stamped a later head")
            stamps += 1
            holds.add(check_stamp(line, trust.roots))
        else:
            raise Broken(str(line["kind"]), "is no kind of line that this checks")
    head = first["head"] or {"position": 0, "digest": GENESIS.hex()}
    if position < head["position"] or awaited:
        raise Broken(_where(position + 1), f"{Break.MISSING}: the end of the trail was cut off")
    if (position, digest.hex()) != (head["position"], head["digest"]):
        raise Broken(_where(position), f"{Break.CHANGED}: it does not end at its head")
    if stamps != first["timestamps"]:
        raise Broken("timestamps", f"{first['timestamps']} were exported, and {stamps} are there")
    holds.lines.insert(0, f"{position} events of the service {first['service']}, unbroken up to {digest.hex()}")
    holds.add(f"{witnessed} heads that others have witnessed are in it")
    return holds


def _next(event: Mapping[str, Any], position: int, digest: bytes, rest: Iterator[dict[str, Any]]) -> bytes:
    """The digest of an event that follows the one at `position`; the one after it tells whether two were swapped."""
    if event["position"] != position + 1:
        kind = Break.MISSING if event["position"] > position + 1 else Break.DUPLICATED
        if kind == Break.MISSING and next(rest, {}).get("position") == position + 1:
            kind = Break.REORDERED
        raise Broken(_where(position + 1), f"{kind}: the event {event['id']} says it is at {event['position']}")
    found = digest_after(event, digest, position + 1)
    if found.hex() != event["digest"]:
        raise Broken(_where(position + 1), f"{Break.CHANGED}: the event {event['id']} is not the one that was sealed")
    return found


def _witnessed(trust: Trust, service: str) -> dict[int, set[str]]:
    """Heads of this service's trail, by position, as other services' `GET …/trail/heads` answered them."""
    heads: dict[int, set[str]] = defaultdict(set)
    for file in trust.heads:
        for head in json.loads(file.read_text(encoding="utf-8"))["items"]:
            if head["service"] == service:
                heads[head["position"]].add(head["digest"])
    return heads


def _lines(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if not line.endswith(b"\n"):
            raise Broken(f"line {number}", "ends too early: the export was truncated")
        try:
            document = json.loads(line)
        except ValueError as error:
            raise Broken(f"line {number}", "is not JSON") from error
        if not isinstance(document, dict):
            raise Broken(f"line {number}", "is not a JSON object")
        yield document


def _where(position: int) -> str:
    return f"position {position}"
