from uuid import UUID

from fastapi import Response

from services.risk.acceptances.acceptance_endings import actions
from services.risk.acceptances.acceptances.actions import AboveCapacity, AcceptancePending, RiskNotOpen
from services.risk.acceptances.acceptances.queries import acceptance
from services.risk.acceptances.acceptances.schemas import AcceptanceConfirmation, AcceptanceOut, AcceptanceRevocation
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("acceptance endings")


@routes.post(
    "/v1/acceptances/{acceptance_id}/confirmations",
    permission=P.RISKS_WRITE,
    response_model=AcceptanceOut,
    refuses=(NotFound, RiskNotOpen, AboveCapacity, AcceptancePending),
)
async def confirm_acceptance(acceptance_id: UUID, confirmation: AcceptanceConfirmation, write: Write) -> Response:
    """Propose a stale acceptance again, as the risk is now: the owner and the ladder decide as they did before."""
    await actions.confirm(write.session, acceptance_id, confirmation=confirmation, by=write.caller.actor, at=write.at)
    return await write.changed(acceptance, acceptance_id)


@routes.post(
    "/v1/acceptances/{acceptance_id}/revocations",
    permission=P.RISKS_APPROVE,
    response_model=AcceptanceOut,
    refuses=(NotFound,),
)
async def revoke_acceptance(acceptance_id: UUID, revocation: AcceptanceRevocation, write: Write) -> Response:
    """End an acceptance, or a proposal of one, before its time."""
    await actions.revoke(write.session, acceptance_id, reason=revocation.reason, by=write.caller.actor, at=write.at)
    return await write.changed(acceptance, acceptance_id)
