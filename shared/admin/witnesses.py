"""What bears witness to trails, over HTTP: heads, timestamps, and the whole trail to be checked elsewhere."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import bindparam, func, select
from sqlalchemy.types import Text

from shared.clock import now
from shared.data.reads import Listing, PageRequest
from shared.data.tables import head_timestamps, witnessed_heads
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.trail.export import exported

_W = witnessed_heads.c
_T = head_timestamps.c
_HEADS = Listing(
    select(_W.id, _W.service, _W.witness, _W.position, func.encode(_W.digest, "hex").label("digest"), _W.heard_at),
    id=_W.id,
    filters={"service": _W.service == bindparam("service", type_=Text())},
    sorts={"heard_at": _W.heard_at},
)
_STAMPS = Listing(
    select(
        _T.id,
        _T.position,
        func.encode(_T.digest, "hex").label("digest"),
        _T.authority,
        func.replace(func.encode(_T.token, "base64"), "\n", "").label("token"),
        _T.stamped_at,
    ),
    id=_T.id,
    filters={},
    sorts={"stamped_at": _T.stamped_at},
)


class WitnessedHead(BaseModel):
    """Where a trail of the organisation stood."""

    id: UUID
    service: str = Field(description="Whose trail it is")
    witness: str = Field(description="Which service has seen it there")
    position: int
    digest: str = Field(description="SHA-256 of the event at that position, hexadecimal")
    heard_at: datetime


class HeadTimestamp(BaseModel):
    """An authority's word that the trail stood there by then."""

    id: UUID
    position: int
    digest: str
    authority: str
    token: str = Field(description="The RFC 3161 response over the digest's 32 bytes, base64")
    stamped_at: datetime


def witness_routes(service: str) -> Routes:
    """The witnesses that one service holds, and the export of its trail."""
    routes = Routes("trail witnesses")
    base = f"/v1/services/{service}/trail"

    @routes.get(base + "/heads", permission=P.TRAIL_READ, response_model=Page[WitnessedHead])
    async def list_trail_heads(
        read: Read,
        limit: Limit = 50,
        cursor: After = None,
        sort: Literal["heard_at", "-heard_at"] = "-heard_at",
        of: Literal["controls", "evidence", "risk", "audit", "gateway"] | None = None,
    ) -> Response:
        """Heads that this service has announced of its own trail, and has heard of the other services'.

        Keep those of one service where another's operator cannot reach, and compare: `?head=` of its verification.
        """
        return await read.page(_HEADS, PageRequest(limit, cursor, sort), service=of)

    @routes.get(base + "/timestamps", permission=P.TRAIL_READ, response_model=Page[HeadTimestamp])
    async def list_trail_timestamps(
        read: Read, limit: Limit = 50, cursor: After = None, sort: Literal["stamped_at", "-stamped_at"] = "-stamped_at"
    ) -> Response:
        """Heads of this trail that an outside authority has stamped; none when no authority is configured."""
        return await read.page(_STAMPS, PageRequest(limit, cursor, sort))

    @routes.get(
        base + "/export",
        permission=P.TRAIL_READ,
        response_class=StreamingResponse,
        responses={200: {"description": "A line of JSON an event", "content": {"application/x-ndjson": {}}}},
    )
    async def export_trail(read: Read) -> Response:
        """The whole trail up to its head, to be kept and checked elsewhere: `python -m attest verify`."""
        lines = exported(read.platform.database, read.caller.org_id, service, at=now())
        headers = {"Content-Disposition": f'attachment; filename="{service}-trail.ndjson"'}
        return StreamingResponse(lines, 200, headers, "application/x-ndjson")

    return routes
