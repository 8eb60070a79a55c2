"""How a file's bytes go out: whole or in part, saved under a safe name, and never before they are known to be safe."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from services.evidence.intake.files.rules import attachment, span
from services.evidence.intake.scans.rules import NotYetScanned, Quarantined, refuse_unsafe
from services.evidence.intake.store import StoreUnavailable, content_key, the_store
from services.evidence.settings import file_settings
from shared.problems import NotFound, Problem

_BYTES: dict[str, Any] = {"application/octet-stream": {}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole file", "content": _BYTES},
    206: {"description": "The part asked for", "content": _BYTES},
    304: {"description": "The client has it"},
}


class RangeNotSatisfiable(Problem):
    """The requested range is outside the file."""

    status = 416


class Disposed(Problem):
    """The file's bytes were disposed of."""

    status = 410


REFUSALS = (NotFound, Quarantined, NotYetScanned, Disposed)
DOWNLOAD_REFUSALS = (*REFUSALS, RangeNotSatisfiable, StoreUnavailable)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a file a request asks for, and on what conditions (RFC 9110, 13 and 14)."""

    head: bool
    part: str | None
    if_range: str | None
    if_none_match: str | None


async def _asked(
    request: Request,
    part: Annotated[str | None, Header(alias="Range", max_length=200, description="One range of bytes")] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Asked:
    return Asked(request.method == "HEAD", part, if_range, if_none_match)


Wanted = Annotated[Asked, Depends(_asked)]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as far as its delivery goes; `org_id` is whose it is."""

    org_id: UUID
    sha256: str
    size: int
    media_type: str
    name: str | None
    scan: str
    finding: str | None
    disposed_at: datetime | None


STORED = TypeAdapter(Stored)  # reads what the database has printed


async def deliver(file: Stored, *, asked: Asked) -> Response:
    """The bytes of an organisation's file, or the part of them that is asked for; to be saved and not to be shown."""
    if file.disposed_at is not None:
        raise Disposed(f"The bytes of this file were disposed of at {file.disposed_at}.")
    refuse_unsafe(file.scan, file.finding, before_scan=file_settings().serve_before_scan)
    headers = _headers(file)
    if asked.if_none_match is not None and headers["ETag"] in asked.if_none_match:
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    # Ranges are of GET alone, and count only while the file is the one of which the client has a part.
    partial = not asked.head and asked.if_range in {None, headers["ETag"]}
    part = span(asked.part if partial else None, file.size)
    if part is None:
        raise RangeNotSatisfiable(f"The file has {file.size} bytes.", headers={"Content-Range": f"bytes */{file.size}"})
    start, end = part
    headers["Content-Length"] = str(end - start)
    whole = end - start == file.size
    if whole:
        headers["Content-Digest"] = headers["Repr-Digest"]
    else:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    if asked.head:
        return Response(status_code=200, headers=headers)
    chunks = await the_store().read(content_key(file.org_id, file.sha256), start=start, end=end)
    return StreamingResponse(chunks, 200 if whole else 206, headers)


def _headers(file: Stored) -> dict[str, str]:
    """Saved and never run in the reader's browser, whatever the file claims to be."""
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    return {
        "Content-Type": file.media_type,
        "Content-Disposition": attachment(file.name or file.sha256),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
    }
