from fastapi import Response

from services.risk.acceptances.acceptances import actions, queries
from services.risk.acceptances.acceptances.schemas import AcceptanceDraft, AcceptanceOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("acceptances")


routes.list(
    "list_acceptances",
    "/v1/acceptances",
    queries.acceptances,
    AcceptanceOut,
    permission=P.RISKS_READ,
    description="Acceptances of risks, also those that have ended.",
    auditors=True,
)


routes.one(
    "get_acceptance",
    "/v1/acceptances/{acceptance_id}",
    queries.acceptance,
    AcceptanceOut,
    permission=P.RISKS_READ,
    description="One acceptance: what was decided on, by whom, and whether that still holds.",
    auditors=True,
)


@routes.post(
    "/v1/acceptances",
    permission=P.RISKS_WRITE,
    status_code=201,
    response_model=AcceptanceOut,
    refuses=(NotFound, actions.RiskNotOpen, actions.AboveCapacity, actions.AcceptancePending),
)
async def propose_acceptance(draft: AcceptanceDraft, write: Write) -> Response:
    """Propose to retain a risk as it is now. Its owner decides, and above their authority whom the ladder names."""
    acceptance = await actions.propose(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.acceptance, acceptance.id, f"/v1/acceptances/{acceptance.id}")
