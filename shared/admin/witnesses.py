"""What bears witness to trails, over HTTP: heads, timestamps, and the whole trail to be checked elsewhere."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from shared.clock import now
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing
from shared.data.tables import head_timestamps, witnessed_heads
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.trail.export import exported

ServiceName = Literal["controls", "evidence", "risk", "audit", "integrations", "gateway"]

_HEADS_ARE = (
    "Heads that this service has announced of its own trail, and has heard of the other services'.\n\n"
    "Keep those of one service where another's operator cannot reach, and compare: `?head=` of its verification."
)
_W = witnessed_heads.c
_T = head_timestamps.c


class HeadQuery(ListQuery):
    sort: Literal["heard_at", "-heard_at"] = "-heard_at"
    of: Annotated[ServiceName | None, Where(lambda service: _W.service == service)] = None


class TimestampQuery(ListQuery):
    sort: Literal["stamped_at", "-stamped_at"] = "-stamped_at"


_HEADS = Listing(
    select(_W.id, _W.service, _W.witness, _W.position, func.encode(_W.digest, "hex").label("digest"), _W.heard_at),
    id=_W.id,
    query=HeadQuery,
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
    query=TimestampQuery,
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

    routes.list(
        "list_trail_heads",
        base + "/heads",
        _HEADS,
        WitnessedHead,
        permission=P.TRAIL_READ,
        description=_HEADS_ARE,
    )
    routes.list(
        "list_trail_timestamps",
        base + "/timestamps",
        _STAMPS,
        HeadTimestamp,
        permission=P.TRAIL_READ,
        description="Heads of this trail that an outside authority has stamped; none when no authority is configured.",
    )

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
