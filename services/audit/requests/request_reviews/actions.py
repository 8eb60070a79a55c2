"""What the firm decides on an answer. The transactions are the firm's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.known_controls.queries import known_controls
from services.audit.engagements.candidates.models import DeviationKind
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import AS_OF_A_DATE
from services.audit.papers.candidate_confirmations.actions import NoDeviationOfType1
from services.audit.papers.deviations.actions import Source, paper_of_control, put
from services.audit.papers.deviations.schemas import DeviationDraft
from services.audit.requests.known_evidence.queries import evidence_known
from services.audit.requests.request_answers.queries import answers_of
from services.audit.requests.request_reviews.schemas import UnavailabilityDecision
from services.audit.requests.requests.actions import asking, decide, held, own, tell
from services.audit.requests.requests.models import Request, RequestStatus, UnavailabilityEffect
from services.audit.requests.requests.rules import RequestVerb, marked
from shared.data.records import one_at_a_time
from shared.data.sessions import in_organisation
from shared.events.catalogue.requests import RequestAccepted, RequestReturned, RequestUnavailable
from shared.identity.callers import Actor, keep_apart
from shared.problems import Fault, Invalid


async def accept(
    session: AsyncSession, request_id: UUID, *, engagement_id: UUID, remark: str | None, by: Actor, at: datetime
) -> None:
    """Submitted → accepted.

    `SeparationOfDuties` for who gave one of the answers or handed in evidence of one, as can be in an internal audit.
    """
    await asking(session, engagement_id, "accept answers in")
    request = await own(session, request_id, engagement_id, RequestVerb.ACCEPT)
    answers = await answers_of(session, request_id)
    async with in_organisation(session, request.client_id):
        evidence = await evidence_known(session, {UUID(each["id"]) for answer in answers for each in answer.evidence})
    for somebody in (*(answer.given_by for answer in answers), *(item.submitter_id for item in evidence.values())):
        keep_apart("Who answered a request cannot accept it", first=somebody, second=by)
    decide(request, RequestStatus.ACCEPTED, reason=remark, by=by, at=at)
    await tell(session, [request], RequestAccepted, by=by, at=at, reason=remark)


async def return_(
    session: AsyncSession,
    request_id: UUID,
    *,
    engagement_id: UUID,
    reason: str,
    lines: Sequence[int] = (),
    by: Actor,
    at: datetime,
) -> None:
    """Submitted, declared unavailable, unavailable or accepted → returned: the client is asked again.

    Of things that are asked for one by one, those of these numbers are to be answered again; all where none is named.
    It is overdue at once where its day has passed; it may be rescheduled.
    """
    await held(session, engagement_id, "return answers in")
    request = await own(session, request_id, engagement_id, RequestVerb.RETURN)
    known = {line["number"] for line in request.lines}
    if unknown := [
        Fault(f"/lines/{place}", "no line of the request") for place, number in enumerate(lines) if number not in known
    ]:
        raise Invalid("The request does not ask for these one by one.", faults=unknown)
    request.lines = marked(request.lines, set(lines), answered=False)
    request.lines_answered = sum(line["answered"] for line in request.lines)
    decide(request, RequestStatus.RETURNED, reason=reason, by=by, at=at)
    request.effect = request.overdue_announced_at = None
    await tell(session, [request], RequestReturned, by=by, at=at, reason=reason)


async def decide_on_unavailability(
    session: AsyncSession,
    request_id: UUID,
    *,
    engagement_id: UUID,
    decision: UnavailabilityDecision,
    by: Actor,
    at: datetime,
) -> None:
    """Declared unavailable → unavailable, as a deviation, which is put on record, or a limitation of the scope.

    `NoDeviationOfType1`: what is missing as of a date limits the scope.
    """
    await one_at_a_time(session, engagement_id)
    engagement = await asking(session, engagement_id, "decide on answers in")
    effect, reason = decision.effect, decision.reason
    request = await own(session, request_id, engagement_id, RequestVerb.DECIDE)
    decide(request, RequestStatus.UNAVAILABLE, reason=reason, by=by, at=at)
    request.effect = effect
    if effect == UnavailabilityEffect.DEVIATION:
        await _record_deviation(session, engagement, request, decision, by=by, at=at)
    await tell(session, [request], RequestUnavailable, by=by, at=at, reason=reason)


async def _record_deviation(
    session: AsyncSession,
    engagement: Engagement,
    request: Request,
    decision: UnavailabilityDecision,
    *,
    by: Actor,
    at: datetime,
) -> None:
    if engagement.kind in AS_OF_A_DATE:
        raise NoDeviationOfType1("What is not available as of a date limits the scope; it is no deviation.")
    control_id = decision.control_id or (request.control_ids[0] if len(request.control_ids) == 1 else None)
    if control_id is None or control_id not in request.control_ids:
        wrong = "required: which control of the request deviates" if control_id is None else "not of the request"
        raise Invalid("Of which control is it a deviation?", faults=[Fault("/control_id", wrong)])
    paper = await paper_of_control(session, engagement.id, control_id, decision.paper_id)
    code = paper.control_code if paper else await _code_of(session, engagement, control_id)
    source = Source(engagement.id, control_id, code, paper, request_id=request.id)
    said = DeviationDraft(kind=DeviationKind.EVIDENCE_MISSING, nature=decision.reason)
    put(session, said, of=source, by=by, at=at)


async def _code_of(session: AsyncSession, engagement: Engagement, control_id: UUID) -> str:
    async with in_organisation(session, engagement.org_id):
        known = await known_controls(session, [control_id])
    if not known:
        fault = Fault("/control_id", "nothing has been heard of this control")
        raise Invalid("Of which control is it a deviation?", faults=[fault], may_be_late=True)
    return known[0].code
