"""What tus 1.0.0 says in its headers (https://tus.io/protocols/resumable-upload), and how long uploads last. Pure."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
MEDIA_TYPE = "application/offset+octet-stream"

# Later than a request that was under way when an upload finished or expired can have ended.
CLEARED_AFTER = timedelta(hours=1)
# A finished upload whose request died before the file was made of it is picked up by the clock.
LEFT_BEHIND_AFTER = timedelta(minutes=2)

ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must add up to."""

    algorithm: str
    digest: bytes


def checksum_of(header: str) -> Checksum | None:
    """An Upload-Checksum header, `<algorithm> <base64>`; None when it cannot be read or the algorithm is not ours."""
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        return None
    digest = _decoded(encoded)
    return Checksum(algorithm, digest) if digest and len(digest) == ALGORITHMS[algorithm]().digest_size else None


def metadata_of(header: str) -> Mapping[str, str] | None:
    """An Upload-Metadata header: `<key> <base64>` pairs, by comma; None when it cannot be read."""
    pairs: dict[str, str] = {}
    for pair in header.split(","):
        key, _, encoded = pair.strip().partition(" ")
        value = _decoded(encoded)
        if not key or len(key) > _LONGEST_KEY or key in pairs or value is None:
            return None
        pairs[key] = value.decode("utf-8", "replace")
    return pairs


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return None
