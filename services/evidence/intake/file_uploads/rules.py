"""What the headers of an upload say, and how long one may take. Pure."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote_to_bytes

from services.evidence.intake.media import HEAD, TAIL, detected
from shared.problems import Fault, Invalid, TooLarge

LONGEST_UPLOAD = timedelta(minutes=50)
# Later than any upload can end, so that clearing away never takes one that is under way.
ABANDONED_AFTER = timedelta(hours=1)


class DigestUnreadable(Invalid):
    """The digest header has no readable SHA-256."""


class FileNameUnreadable(Invalid):
    """The file name cannot be read."""


UNDECLARED = "application/octet-stream"
_LONGEST_NAME = 200
_DIGEST_BYTES = 32
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]*):\s*(?:;[^,]*)?(?=,|$)")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
# A parameter of a header (RFC 9110, 5.6.6): its name, and its value in quotation marks or without.
_PARAMETER = re.compile(r";\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^;]*))", re.ASCII)
_CHARSETS = {"utf-8": "utf-8", "iso-8859-1": "latin-1"}
# Marks that turn the direction of text make `exe.fdp` read as `pdf.exe`.
_TURNING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Declared:
    """What an upload says of itself."""

    media_type: str
    name: str | None
    sha256: str | None


def sha256_of(content_digest: str) -> str | None:
    """The SHA-256 of a Content-Digest header (RFC 9530) in hexadecimal, None when it has no well-formed one."""
    found = _SHA256.search(content_digest)
    if found is None:
        return None
    try:
        digest = base64.b64decode(found[1], validate=True)
    except ValueError:
        return None
    return digest.hex() if len(digest) == _DIGEST_BYTES else None


def declared_sha256(value: str | None, *, header: str) -> str | None:
    """The SHA-256 that a digest header declares, None without one; `DigestUnreadable` when it has no SHA-256."""
    digest = None if value is None else sha256_of(value)
    if value is not None and digest is None:
        raise DigestUnreadable(
            f"{header} is checked by its sha-256, and this one has none that can be read.",
            faults=[Fault(f"header/{header}", "expected `sha-256=:<base64>:`")],
            headers={f"Want-{header}": "sha-256=10"},
        )
    return digest


def media_type_of(content_type: str | None) -> str:
    """The media type without its parameters; what cannot be read is bytes."""
    essence = (content_type or "").partition(";")[0].strip().lower()
    return essence if _MEDIA_TYPE.fullmatch(essence) else UNDECLARED


def name_of(content_disposition: str | None) -> str | None:
    """The file name of a Content-Disposition header (RFC 6266), safe to show and to save by; None without one.

    `filename*` (RFC 8187) is preferred to the plain `filename`, which is there for old clients. `FileNameUnreadable`
    when `filename*` is not in UTF-8 or ISO-8859-1, the only character sets that RFC 6266 lets a client rely on.
    """
    names = {name.lower(): (quoted, plain) for name, quoted, plain in _PARAMETER.findall(content_disposition or "")}
    if "filename*" in names:
        return safe_name(_extended("".join(names["filename*"]).strip()))
    if "filename" in names:
        quoted, plain = names["filename"]
        return safe_name(_as_utf8(re.sub(r"\\(.)", r"\1", quoted) or plain.strip()))
    return None


def _extended(value: str) -> str:
    """The text of `charset'language'percent-encoded` (RFC 8187)."""
    charset, _, rest = value.partition("'")
    _language, _, encoded = rest.partition("'")
    try:
        return unquote_to_bytes(encoded).decode(_CHARSETS[charset.lower()])
    except (KeyError, ValueError) as error:
        raise FileNameUnreadable(
            "The filename* of Content-Disposition is not percent-encoded UTF-8.",
            faults=[Fault("header/Content-Disposition", "expected `filename*=UTF-8''<percent-encoded>`")],
        ) from error


def _as_utf8(name: str) -> str:
    """A plain `filename="…"` in UTF-8 arrives as Latin-1, as all headers do."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name


def safe_name(name: str) -> str | None:
    """The last part of a path, without what could mislead whoever reads it; None when nothing is left."""
    last = re.split(r"[/\\]", name)[-1]
    kept = (
        character
        for character in last
        if unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and character not in _TURNING
    )
    return "".join(kept).strip(" .")[:_LONGEST_NAME].strip() or None


class Tally:
    """Counts and digests a stream while it passes, keeps its beginning and its end, and stops it at the limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._digest = hashlib.sha256()
        self._head, self._tail = bytearray(), bytearray()
        self.size = 0

    async def of(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.size += len(chunk)
            refuse_larger(self.size, self._limit)
            self._digest.update(chunk)
            self._head += chunk[: HEAD - len(self._head)]
            self._tail = (self._tail + chunk[-TAIL:])[-TAIL:]
            if chunk:
                yield chunk

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def detected_type(self) -> str:
        return detected(bytes(self._head), bytes(self._tail))


def refuse_larger(size: int, limit: int) -> None:
    """`TooLarge` when a file is larger than this installation takes."""
    if size > limit:
        raise TooLarge(f"A file may have {limit} bytes.")
