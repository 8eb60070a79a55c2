from uuid import UUID

from fastapi import Response

from services.audit.papers.candidate_confirmations import actions
from services.audit.papers.candidate_confirmations.schemas import ConfirmationDraft
from services.audit.papers.deviations import queries
from services.audit.papers.deviations.schemas import DeviationOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("candidate confirmations")


@routes.post(
    "/v1/candidates/{candidate_id}/confirmations",
    permission=P.CANDIDATES_EVALUATE,
    status_code=201,
    response_model=DeviationOut,
    refuses=(NotFound, SeparationOfDuties, actions.NoDeviationOfType1),
    auditors=True,
)
async def confirm_candidate(candidate_id: UUID, draft: ConfirmationDraft, write: Write) -> Response:
    """Take a candidate for a deviation, on record in the firm's own chain. Management sees the decision."""
    deviation = await actions.confirm_candidate(
        write.session, candidate_id, draft=draft, caller=write.caller, at=write.at
    )
    return await write.created(queries.deviation, deviation.id, f"/v1/deviations/{deviation.id}")
