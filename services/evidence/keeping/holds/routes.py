from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.evidence.keeping.holds import actions, queries
from services.evidence.keeping.holds.models import HoldStatus
from services.evidence.keeping.holds.schemas import HeldItem, HoldDraft, HoldOut, HoldRelease
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("legal holds")


@routes.get("/v1/holds", permission=P.HOLDS_READ, response_model=Page[HoldOut])
async def list_holds(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at",
    status: HoldStatus | None = None,
    item_id: Annotated[UUID | None, Query(description="Holds with this evidence in their scope")] = None,
    q: Annotated[Search | None, Query(description="In matter and reason")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's legal holds."""
    return await read.page(
        queries.holds,
        PageRequest(limit, cursor, sort),
        status=status,
        item_id=item_id,
        q=q,
        updated_since=updated_since,
    )


@routes.get("/v1/holds/{hold_id}", permission=P.HOLDS_READ, response_model=HoldOut, refuses=(NotFound,))
async def get_hold(hold_id: UUID, read: Read) -> Response:
    """One legal hold."""
    return await read.one(queries.hold, hold_id)


@routes.get("/v1/holds/{hold_id}/items", permission=P.HOLDS_READ, response_model=Page[HeldItem])
async def list_held_items(
    hold_id: UUID,
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "covers_until", "-covers_until"] = "created_at",
) -> Response:
    """The evidence in the hold's scope as of now; of a released hold, what it would hold."""
    await read.one(queries.hold, hold_id)
    return await read.page(queries.held_items, PageRequest(limit, cursor, sort), hold_id=hold_id)


@routes.post(
    "/v1/holds",
    permission=P.HOLDS_WRITE,
    status_code=201,
    response_model=HoldOut,
    refuses=(actions.NothingToHold,),
)
async def place_hold(draft: HoldDraft, write: Write) -> Response:
    """Keep evidence for a legal matter: nothing in its scope is disposed of while it stands, approved or not.

    Its scope does not change. For more evidence place another hold, for less place a smaller one and release this.
    """
    hold = await actions.place(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.hold, hold.id, f"/v1/holds/{hold.id}")


@routes.post("/v1/holds/{hold_id}/releases", permission=P.HOLDS_WRITE, response_model=HoldOut, refuses=(NotFound,))
async def release_hold(hold_id: UUID, release: HoldRelease, write: Write) -> Response:
    """Say that the matter no longer needs the evidence, and why."""
    await actions.release(write.session, hold_id, reason=release.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.hold, hold_id)
