from uuid import UUID

from fastapi import Response

from services.risk.register.lifecycles import actions
from services.risk.register.lifecycles.schemas import RiskClosure, RiskReopening
from services.risk.register.risks.actions import RiskIsClosed
from services.risk.register.risks.queries import risk
from services.risk.register.risks.schemas import RiskOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("risk lifecycles")


@routes.post(
    "/v1/risks/{risk_id}/agreements",
    permission=P.RISKS_OWN,
    response_model=RiskOut,
    refuses=(NotFound, actions.NotTheOwner, RiskIsClosed),
)
async def agree_to_own_risk(risk_id: UUID, write: Write) -> Response:
    """Agree to answer for a risk as its owner. A proposed risk is open from then on."""
    await actions.agree(write.session, risk_id, by=write.caller.actor, at=write.at)
    return await write.changed(risk, risk_id)


@routes.post(
    "/v1/risks/{risk_id}/closures",
    permission=P.RISKS_WRITE,
    response_model=RiskOut,
    refuses=(NotFound, RiskIsClosed, actions.StillTreated, actions.StillOverridden, actions.StillAboveAppetite),
)
async def close_risk(risk_id: UUID, closure: RiskClosure, write: Write) -> Response:
    """Close a risk: it is avoided, no longer relevant, or part of another one. It keeps its rating and its history."""
    await actions.close(write.session, risk_id, closure=closure, by=write.caller.actor, at=write.at)
    return await write.changed(risk, risk_id)


@routes.post(
    "/v1/risks/{risk_id}/reopenings",
    permission=P.RISKS_WRITE,
    response_model=RiskOut,
    refuses=(NotFound, actions.BeyondScale),
)
async def reopen_risk(risk_id: UUID, reopening: RiskReopening, write: Write) -> Response:
    """Open a closed risk again; it is rated anew by the method in force."""
    await actions.reopen(write.session, risk_id, reopening=reopening, by=write.caller.actor, at=write.at)
    return await write.changed(risk, risk_id)
