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
    yield json.dumps(_descriptions(sources)).encode()
    yield from _contents(sources)


def received_sources(given: Iterator[bytes]) -> list[Source]:
    """The versions again, on the other side."""
    return _received(json.loads(next(given)), given)


def _descriptions(sources: Sequence[Source]) -> list[dict[str, Any]]:
    return [
        {
            "published": {**asdict(source.published), "version_id": str(source.published.version_id)}
            | {"at": source.published.at.isoformat()},
            "origin": source.origin,
            "document": -(-len(source.document) // PART_BYTES),
            "entries": -(-len(source.entries) // _AT_ONCE),
            "parts": [asdict(part) for part in source.parts],
            "bases": _descriptions(source.bases),
        }
        for source in sources
    ]


def _contents(sources: Sequence[Source]) -> Iterator[bytes]:
    for source in sources:
        yield from parts_of_bytes(source.document)
        yield from parts_of_entries(source.entries)
        yield from _contents(source.bases)


def _received(descriptions: Iterable[Mapping[str, Any]], given: Iterator[bytes]) -> list[Source]:
    return [
        Source(
            published=Published(
                **entry["published"]
                | {
                    "version_id": UUID(entry["published"]["version_id"]),
                    "at": datetime.fromisoformat(entry["published"]["at"]),
                }
            ),
            origin=Origin(entry["origin"]),
            document=b"".join(next(given) for _ in range(entry["document"])),
            entries=received_entries(next(given) for _ in range(entry["entries"])),
            parts=[Part(**part) for part in entry["parts"]],
            bases=_received(entry["bases"], given),
        )
        for entry in descriptions
    ]


def parts_of_entries(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Requirements in parts."""
    for start in range(0, len(entries), _AT_ONCE):
        yield json.dumps([asdict(entry) for entry in entries[start : start + _AT_ONCE]], ensure_ascii=False).encode()


def received_entries(parts: Iterable[bytes]) -> list[Entry]:
    """The requirements again, on the other side."""
    return [
        Entry(**fields | {name: tuple(fields[name]) for name in ("categories", "assertions")})
        for part in parts
        for fields in json.loads(part)
    ]


def parts_of_understood(understood: Understood) -> Iterator[bytes]:
    """What a document was understood to be, in parts."""
    contents = understood.contents
    head = {
        "origin": understood.origin,
        "label": contents.label,
        "parts": [asdict(part) for part in contents.parts],
        "remarks": [asdict(remark) for remark in contents.remarks],
    }
    yield json.dumps(head).encode()
    yield from parts_of_entries(contents.entries)


async def received_understood(head: bytes, parts: Iterable[bytes]) -> Understood:
    """What a document was understood to be, on the other side, where others wait for their answers meanwhile."""
    descriptions = json.loads(head)
    entries: list[Entry] = []
    for part in parts:
        entries += received_entries([part])
        await asyncio.sleep(0)
    remarks = [Fault(**remark) for remark in descriptions["remarks"]]
    contents = Contents(descriptions["label"], entries, [Part(**part) for part in descriptions["parts"]], remarks)
    return Understood(Origin(descriptions["origin"]), contents)
