from uuid import UUID

from fastapi import Response

from services.evidence.keeping.holds import actions, queries
from services.evidence.keeping.holds.schemas import HeldItem, HoldDraft, HoldOut, HoldRelease
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("legal holds")


routes.list(
    "list_holds",
    "/v1/holds",
    queries.holds,
    HoldOut,
    permission=P.HOLDS_READ,
    description="The organisation's legal holds.",
)


routes.one(
    "get_hold",
    "/v1/holds/{hold_id}",
    queries.hold,
    HoldOut,
    permission=P.HOLDS_READ,
    description="One legal hold.",
)


routes.list(
    "list_held_items",
    "/v1/holds/{hold_id}/items",
    queries.held_items,
    HeldItem,
    permission=P.HOLDS_READ,
    description="The evidence in the hold's scope as of now; of a released hold, what it would hold.",
    parent=queries.hold,
)


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
