import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Header, Query, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.register.controls.models import ControlStatus
from services.controls.register.transfers import actions
from services.controls.register.transfers.models import MEDIA_TYPES, Existing, SheetFormat
from services.controls.register.transfers.queries import in_parts
from services.controls.register.transfers.rules import (
    COLUMNS,
    LARGEST_FILE,
    MOST_ROWS,
    UnreadableTable,
    header_of_csv,
    read,
    to_csv,
    to_xlsx,
)
from services.controls.register.transfers.schemas import ImportOut
from shared.http.doors import Read, Stream, Write
from shared.http.fields import Instant, Owner, Search
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Malformed, TooLarge, UnsupportedMediaType

routes = Routes("control imports and exports")

_TABLES = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES.values()}


@routes.post(
    "/v1/control-imports",
    permission=P.CONTROLS_WRITE,
    response_model=ImportOut,
    refuses=(UnreadableTable, actions.ImportRefused),
    streamed=True,
    openapi_extra={"requestBody": {"required": True, "content": _TABLES}},
    description=(
        f"Import controls with their mappings from CSV or XLSX: up to {MOST_ROWS} rows with the columns "
        f"{', '.join(COLUMNS)}, the members of `requirements` apart by `;`. All rows or none: with a single fault "
        "nothing is imported, and every fault is named by row and column. Ask with `dry_run` first."
    ),
)
async def import_controls(
    stream: Stream,
    dry_run: Annotated[bool, Query(description="Say what would happen, faults and all, and do nothing")] = False,
    existing: Annotated[
        Existing, Query(description="What to do where the organisation has a control of that code already")
    ] = Existing.REVISE,
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    kind = _format_of(content_type)
    rows = await asyncio.to_thread(read, await _whole(stream), kind)

    async def bring_in(write: Write) -> Response:
        imported = await actions.bring_in(
            write.session, rows=rows, existing=existing, dry_run=dry_run, by=write.caller.actor, at=write.at
        )
        return Response(imported.model_dump_json(), media_type="application/json")

    return await stream.conclude(bring_in)


@routes.get(
    "/v1/control-exports",
    permission=P.CONTROLS_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The table", "content": _TABLES}},
)
async def export_controls(
    read: Read,
    sheet_format: Annotated[SheetFormat, Query(alias="format")] = SheetFormat.CSV,
    status: ControlStatus | None = None,
    owner: Annotated[Owner | None, Query()] = None,
    requirement: Annotated[RequirementRef | None, Query()] = None,
    q: Annotated[Search | None, Query(description="In code and title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's controls, filtered as in the list, as a table that an import takes back unchanged."""
    filters = {"status": status, "owner": owner, "requirement": requirement, "q": q, "updated_since": updated_since}
    parts = in_parts(read.platform.database.reads, read.caller.org_id, filters)
    headers = {
        "Content-Disposition": f'attachment; filename="controls.{sheet_format}"',
        "X-Content-Type-Options": "nosniff",
    }
    if sheet_format == SheetFormat.CSV:
        return StreamingResponse(_lines(parts), headers=headers, media_type=MEDIA_TYPES[sheet_format])
    controls = [control async for part in parts for control in part]
    return Response(await asyncio.to_thread(to_xlsx, controls), 200, headers, MEDIA_TYPES[sheet_format])


async def _lines(parts: AsyncIterator[Any]) -> AsyncIterator[str]:
    yield header_of_csv()
    async for part in parts:
        yield to_csv(part)


async def _whole(stream: Stream) -> bytes:
    content = bytearray()
    try:
        async for chunk in stream.chunks():
            content += chunk
            if len(content) > LARGEST_FILE:
                raise TooLarge(f"A table may have {LARGEST_FILE} bytes.")
    except ClientDisconnect as error:
        raise Malformed("The upload was cut off; nothing was imported.") from error
    return bytes(content)


def _format_of(content_type: str | None) -> SheetFormat:
    essence = (content_type or "").partition(";")[0].strip().lower()
    for kind, media_type in MEDIA_TYPES.items():
        if essence == media_type:
            return kind
    raise UnsupportedMediaType(
        f"Send {' or '.join(MEDIA_TYPES.values())}.", faults=[Fault("header/Content-Type", "neither CSV nor XLSX")]
    )
