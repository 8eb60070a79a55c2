"""What the firm decides on an answer. The transactions are the firm's."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.requests.known_evidence.queries import evidence_known
from services.audit.requests.request_answers.queries import answers_of
from services.audit.requests.requests.actions import asking, decide, held, own, tell
from services.audit.requests.requests.models import RequestStatus, UnavailabilityEffect
from services.audit.requests.requests.rules import RequestVerb, marked
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
    effect: UnavailabilityEffect,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Declared unavailable → unavailable, as a deviation or a limitation of the scope."""
    await asking(session, engagement_id, "decide on answers in")
    request = await own(session, request_id, engagement_id, RequestVerb.DECIDE)
    decide(request, RequestStatus.UNAVAILABLE, reason=reason, by=by, at=at)
    request.effect = effect
    await tell(session, [request], RequestUnavailable, by=by, at=at, reason=reason)
