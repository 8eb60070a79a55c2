from uuid import UUID

from fastapi import Response

from services.audit.engagements.parties.queries import acted_in
from services.audit.papers.candidate_confirmations.actions import NoDeviationOfType1
from services.audit.requests.request_reviews import actions
from services.audit.requests.request_reviews.schemas import Acceptance, AnswerReturn, UnavailabilityDecision
from services.audit.requests.requests import queries
from services.audit.requests.requests.schemas import RequestWithLinesOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("request reviews")


@routes.post(
    "/v1/requests/{request_id}/acceptances",
    permission=P.REQUESTS_ACCEPT,
    response_model=RequestWithLinesOut,
    refuses=(NotFound, SeparationOfDuties),
    auditors=True,
)
async def accept_answer(request_id: UUID, acceptance: Acceptance, write: Write) -> Response:
    """Say that what was answered is what was asked for. Nobody accepts what they answered or handed in."""
    await actions.accept(
        write.session,
        request_id,
        engagement_id=await acted_in(write.session, write.caller),
        remark=acceptance.remark,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)


@routes.post(
    "/v1/requests/{request_id}/returns",
    permission=P.REQUESTS_ACCEPT,
    response_model=RequestWithLinesOut,
    refuses=(NotFound,),
    auditors=True,
)
async def return_answer(request_id: UUID, draft: AnswerReturn, write: Write) -> Response:
    """Ask again, and say what is missing; also after an acceptance, until fieldwork ends."""
    await actions.return_(
        write.session,
        request_id,
        engagement_id=await acted_in(write.session, write.caller),
        reason=draft.reason,
        lines=draft.lines,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)


@routes.post(
    "/v1/requests/{request_id}/unavailability-decisions",
    permission=P.REQUESTS_ACCEPT,
    response_model=RequestWithLinesOut,
    refuses=(NotFound, NoDeviationOfType1),
    auditors=True,
)
async def decide_on_unavailability(request_id: UUID, decision: UnavailabilityDecision, write: Write) -> Response:
    """Say what follows from it that something is not available: a deviation, or a limitation of the scope."""
    await actions.decide_on_unavailability(
        write.session,
        request_id,
        engagement_id=await acted_in(write.session, write.caller),
        decision=decision,
        by=write.caller.actor,
        at=write.at,
    )
    return await write.changed(queries.changed_request, request_id, as_of=write.at)
