from uuid import UUID

from fastapi import Response

from services.risk.acceptances.acceptance_decisions import actions
from services.risk.acceptances.acceptances.queries import acceptance
from services.risk.acceptances.acceptances.schemas import AcceptanceDecision, AcceptanceOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("acceptance decisions")


@routes.post(
    "/v1/acceptances/{acceptance_id}/owner-decisions",
    permission=P.RISKS_OWN,
    response_model=AcceptanceOut,
    refuses=(NotFound, SeparationOfDuties, actions.NotTheRisksOwner, actions.ProposalOutdated),
)
async def decide_acceptance_as_owner(acceptance_id: UUID, draft: AcceptanceDecision, write: Write) -> Response:
    """Accept the risk as its owner, or decline. Within the owner's authority it is in force at once."""
    await actions.decide_as_owner(write.session, acceptance_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(acceptance, acceptance_id)


@routes.post(
    "/v1/acceptances/{acceptance_id}/approvals",
    permission=P.RISKS_APPROVE,
    response_model=AcceptanceOut,
    refuses=(NotFound, SeparationOfDuties, actions.NotOnTheLadder, actions.ProposalOutdated),
)
async def approve_acceptance(acceptance_id: UUID, draft: AcceptanceDecision, write: Write) -> Response:
    """Approve an acceptance above the owner's authority, or decline: for the roles that the ladder names."""
    await actions.approve(write.session, acceptance_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.changed(acceptance, acceptance_id)
