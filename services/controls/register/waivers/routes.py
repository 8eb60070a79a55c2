from uuid import UUID

from fastapi import Response

from services.controls.register.waivers import actions, queries
from services.controls.register.waivers.schemas import (
    Verdict,
    WaiverDecision,
    WaiverOut,
    WaiverRequest,
    WaiverRevocation,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("waivers")


routes.list(
    "list_waivers",
    "/v1/waivers",
    queries.waivers,
    WaiverOut,
    permission=P.WAIVERS_READ,
    description="The waivers that were asked for, newest first.",
    auditors=True,
)


routes.one(
    "get_waiver",
    "/v1/waivers/{waiver_id}",
    queries.waiver,
    WaiverOut,
    permission=P.WAIVERS_READ,
    description="One waiver. Its ETag changes with every change that is announced.",
    auditors=True,
)


@routes.post(
    "/v1/waivers",
    permission=P.WAIVERS_WRITE,
    status_code=201,
    response_model=WaiverOut,
)
async def request_waiver(asked: WaiverRequest, write: Write) -> Response:
    """Ask for a waiver from a control. To have it longer or otherwise, ask again."""
    waiver = await actions.request(write.session, asked=asked, by=write.caller.actor, at=write.at)
    location = f"/v1/waivers/{waiver.id}"
    return await write.created(queries.waiver, waiver.id, location, as_of=write.at)


@routes.post(
    "/v1/waivers/{waiver_id}/decisions",
    permission=P.WAIVERS_APPROVE,
    response_model=WaiverOut,
    refuses=(NotFound, actions.WaiverOver, SeparationOfDuties),
)
async def decide_on_waiver(waiver_id: UUID, draft: WaiverDecision, write: Write) -> Response:
    """Grant or refuse what was asked for. Neither who asked nor the control's owner can."""
    verb = actions.grant if draft.decision == Verdict.GRANT else actions.refuse
    await verb(write.session, waiver_id, reason=draft.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.waiver, waiver_id, as_of=write.at)


@routes.post(
    "/v1/waivers/{waiver_id}/revocations",
    permission=P.WAIVERS_APPROVE,
    response_model=WaiverOut,
    refuses=(NotFound, actions.WaiverOver),
)
async def revoke_waiver(waiver_id: UUID, draft: WaiverRevocation, write: Write) -> Response:
    """End a granted waiver before its time."""
    await actions.revoke(write.session, waiver_id, reason=draft.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.waiver, waiver_id, as_of=write.at)
