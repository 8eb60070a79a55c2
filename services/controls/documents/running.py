"""What runs in child processes: a document understood, and a catalogue written."""

import json
from collections.abc import Iterator
from typing import Any

from services.controls.documents.sources import catalogue_of, understand
from services.controls.documents.travelling import parts_of_bytes, parts_of_understood, received_sources


def understand_document(media_type: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """`understand`, of a document that comes behind the versions that it may be resolved against."""
    sources = received_sources(given)
    yield from parts_of_understood(understand(b"".join(given), media_type, sources))


def write_catalogue(_nothing: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """A version as an OSCAL catalogue."""
    (source,) = received_sources(given)
    yield from parts_of_bytes(json.dumps({"catalog": catalogue_of(source)}, ensure_ascii=False, indent=1).encode())
