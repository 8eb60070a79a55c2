from fastapi import Response

from services.risk.quantification.treatment_returns import actions, queries
from services.risk.quantification.treatment_returns.schemas import TreatmentReturnDraft, TreatmentReturnOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded

routes = Routes("treatment returns")


routes.list(
    "list_treatment_returns",
    "/v1/treatment-returns",
    queries.treatment_returns,
    TreatmentReturnOut,
    permission=P.LOSSES_READ,
    description="The treatments that were compared, newest first.",
)


routes.one(
    "get_treatment_return",
    "/v1/treatment-returns/{return_id}",
    queries.treatment_return,
    TreatmentReturnOut,
    permission=P.LOSSES_READ,
    description="One treatment: the loss that it avoids, what it costs, and what it returns.",
)


@routes.post(
    "/v1/treatment-returns",
    permission=P.LOSSES_WRITE,
    status_code=201,
    response_model=TreatmentReturnOut,
    refuses=(Busy, LimitExceeded),
)
async def compare_treatment(draft: TreatmentReturnDraft, write: Write) -> Response:
    """Compare scenarios with and without a treatment, by the same random numbers, and keep what came of it.

    Return is the mean annual loss before, less that after, less the yearly cost. `expectation` is exact; `figures` are
    simulated, with the 95 % interval of the paired difference.
    """
    kept = await actions.compare(
        write.session, write.platform.children, draft=draft, by=write.caller.actor, at=write.at
    )
    return await write.created(queries.treatment_return, kept.id, f"/v1/treatment-returns/{kept.id}")
