"""How versions and requirements travel to a child process and back: as JSON and byte strings, in parts."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from services.controls.documents.contents import Contents, Entry, Origin, Part, Published, Source, Understood
from shared.children.process import PART_BYTES
from shared.problems import Fault

_AT_ONCE = 250  # requirements in one part, so that nobody waits long for it to be read or written


def parts_of_bytes(content: bytes) -> Iterator[bytes]:
    """A long byte string in parts."""
    return (content[start : start + PART_BYTES] for start in range(0, len(content), PART_BYTES))


def parts_of_sources(sources: Sequence[Source]) -> Iterator[bytes]:
    """Versions, with what those were resolved against: first what is told of them, then what they hold."""
    yield json.dumps(_told(sources)).encode()
    yield from _held(sources)


def received_sources(given: Iterator[bytes]) -> list[Source]:
    """The versions again, on the other side."""
    return _received(json.loads(next(given)), given)


def _told(sources: Sequence[Source]) -> list[dict[str, Any]]:
    return [
        {
            "published": {**asdict(each.published), "version_id": str(each.published.version_id)}
            | {"at": each.published.at.isoformat()},
            "origin": each.origin,
            "document": -(-len(each.document) // PART_BYTES),
            "entries": -(-len(each.entries) // _AT_ONCE),
            "parts": [asdict(part) for part in each.parts],
            "bases": _told(each.bases),
        }
        for each in sources
    ]


def _held(sources: Sequence[Source]) -> Iterator[bytes]:
    for each in sources:
        yield from parts_of_bytes(each.document)
        yield from parts_of_entries(each.entries)
        yield from _held(each.bases)


def _received(told: Iterable[Mapping[str, Any]], given: Iterator[bytes]) -> list[Source]:
    return [
        Source(
            published=Published(
                **each["published"]
                | {
                    "version_id": UUID(each["published"]["version_id"]),
                    "at": datetime.fromisoformat(each["published"]["at"]),
                }
            ),
            origin=Origin(each["origin"]),
            document=b"".join(next(given) for _ in range(each["document"])),
            entries=received_entries(next(given) for _ in range(each["entries"])),
            parts=[Part(**part) for part in each["parts"]],
            bases=_received(each["bases"], given),
        )
        for each in told
    ]


def parts_of_entries(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Requirements in parts."""
    for start in range(0, len(entries), _AT_ONCE):
        yield json.dumps([asdict(each) for each in entries[start : start + _AT_ONCE]], ensure_ascii=False).encode()


def received_entries(parts: Iterable[bytes]) -> list[Entry]:
    """The requirements again, on the other side."""
    return [Entry(**{**each, "categories": tuple(each["categories"])}) for part in parts for each in json.loads(part)]


def parts_of_understood(understood: Understood) -> Iterator[bytes]:
    """What a document was understood to be, in parts."""
    contents = understood.contents
    head = {
        "origin": understood.origin,
        "label": contents.label,
        "parts": [asdict(each) for each in contents.parts],
        "remarks": [asdict(each) for each in contents.remarks],
    }
    yield json.dumps(head).encode()
    yield from parts_of_entries(contents.entries)


async def received_understood(head: bytes, parts: Iterable[bytes]) -> Understood:
    """What a document was understood to be, on the other side, where others wait for their answers meanwhile."""
    told = json.loads(head)
    entries: list[Entry] = []
    for part in parts:
        entries += received_entries([part])
        await asyncio.sleep(0)
    remarks = [Fault(**each) for each in told["remarks"]]
    contents = Contents(told["label"], entries, [Part(**each) for each in told["parts"]], remarks)
    return Understood(Origin(told["origin"]), contents)
