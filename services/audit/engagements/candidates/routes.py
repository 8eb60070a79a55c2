from uuid import UUID

from fastapi import Response

from services.audit.engagements.candidates import actions, queries
from services.audit.engagements.candidates.schemas import CandidateOut, DismissalDraft, ResponseDraft
from services.audit.engagements.parties.queries import at_client, role_of
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("audit candidates")


routes.list(
    "list_candidates",
    "/v1/candidates",
    queries.candidates,
    CandidateOut,
    permission=P.CANDIDATES_READ,
    description="The candidates of the organisation's engagements, newest first.",
    auditors=True,
)


routes.one(
    "get_candidate",
    "/v1/candidates/{candidate_id}",
    queries.candidate,
    CandidateOut,
    permission=P.CANDIDATES_READ,
    description="One candidate.",
    auditors=True,
)


@routes.post(
    "/v1/candidates/{candidate_id}/responses",
    permission=P.CANDIDATES_RESPOND,
    response_model=CandidateOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def respond_to_candidate(candidate_id: UUID, draft: ResponseDraft, write: Write) -> Response:
    """Respond for management. A new response takes the place of the last; the trail keeps all."""
    await actions.respond(write.session, candidate_id, text=draft.text, by=write.caller.actor, at=write.at)
    return await write.changed(queries.candidate, candidate_id)


@routes.post(
    "/v1/candidates/{candidate_id}/dismissals",
    permission=P.CANDIDATES_EVALUATE,
    response_model=CandidateOut,
    refuses=(NotFound, SeparationOfDuties),
    auditors=True,
)
async def dismiss_candidate(candidate_id: UUID, draft: DismissalDraft, write: Write) -> Response:
    """Say why a candidate is no deviation, as the auditing party. Who responded for management cannot."""
    engagement_id = write.caller.engagement
    assert engagement_id is not None, "the permission comes with a token for one engagement"
    await role_of(write.session, engagement_id, write.caller)
    async with at_client(write.session, engagement_id):
        await actions.dismiss(
            write.session, candidate_id, engagement_id, reason=draft.reason, by=write.caller.actor, at=write.at
        )
        return await write.changed(queries.candidate, candidate_id)
