from uuid import UUID

from fastapi import Response

from services.risk.register.overrides import actions, queries
from services.risk.register.overrides.schemas import OverrideApproval, OverrideEnd, OverrideOut, OverrideProposal
from services.risk.register.risks.actions import RiskIsClosed
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("risk overrides")


routes.list(
    "list_risk_overrides",
    "/v1/risk-overrides",
    queries.overrides,
    OverrideOut,
    permission=P.RISKS_READ,
    description="Overrides of computed ratings, the newest first, also those that are over.",
)


routes.one(
    "get_risk_override",
    "/v1/risk-overrides/{override_id}",
    queries.override,
    OverrideOut,
    permission=P.RISKS_READ,
    description="One override of a computed rating, with what it rests on.",
)


@routes.post(
    "/v1/risks/{risk_id}/overrides",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=OverrideOut,
    refuses=(NotFound, RiskIsClosed, actions.OverrideLive),
)
async def propose_risk_override(risk_id: UUID, proposal: OverrideProposal, write: Write) -> Response:
    """Propose to rate a risk otherwise than its controls say, with a reason and an end. Another person approves it."""
    override = await actions.propose(write.session, risk_id, proposal=proposal, by=write.caller.actor, at=write.at)
    return await write.created(queries.override, override.id, f"/v1/risk-overrides/{override.id}")


@routes.post(
    "/v1/risk-overrides/{override_id}/approvals",
    permission=P.RISKS_APPROVE,
    response_model=OverrideOut,
    refuses=(NotFound, RiskIsClosed, actions.OverrideOver, actions.NoAuthority, SeparationOfDuties),
)
async def approve_risk_override(override_id: UUID, approval: OverrideApproval, write: Write) -> Response:
    """Approve an override. It is in force once as many people have approved it as the method asks for the level."""
    await actions.approve(write.session, override_id, note=approval.note, by=write.caller.actor, at=write.at)
    return await write.changed(queries.override, override_id)


@routes.post(
    "/v1/risk-overrides/{override_id}/declines",
    permission=P.RISKS_APPROVE,
    response_model=OverrideOut,
    refuses=(NotFound,),
)
async def decline_risk_override(override_id: UUID, end: OverrideEnd, write: Write) -> Response:
    """Decline a proposed override."""
    await actions.decline(write.session, override_id, reason=end.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.override, override_id)


@routes.post(
    "/v1/risk-overrides/{override_id}/revocations",
    permission=P.RISKS_WRITE,
    response_model=OverrideOut,
    refuses=(NotFound,),
)
async def revoke_risk_override(override_id: UUID, end: OverrideEnd, write: Write) -> Response:
    """End an override in force before its time. The computed rating counts again."""
    await actions.revoke(write.session, override_id, reason=end.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.override, override_id)
