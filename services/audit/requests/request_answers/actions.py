"""The verb of an answer. The transaction is the client's, and moves to the firm's for the request's own row.

That row follows in the same transaction, under its lock: nobody answers what was cancelled, or changes
what was accepted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.requests.known_evidence.queries import evidence_known
from services.audit.requests.request_answers.models import RequestAnswer
from services.audit.requests.request_answers.queries import answers_of
from services.audit.requests.request_answers.rules import faults_of_evidence, faults_of_lines
from services.audit.requests.request_answers.schemas import RequestAnswerDraft
from services.audit.requests.requests.actions import asked_for, event_of, own, tell_client
from services.audit.requests.requests.models import Request, RequestStatus
from services.audit.requests.requests.rules import ALLOWED, RequestVerb, marked
from shared.data.records import found
from shared.data.sessions import in_organisation, instant_of, organisation_of
from shared.events.catalogue.evidence_collections import CollectionAccepted
from shared.events.catalogue.requests import (
    RequestAnswered,
    RequestDeclaredUnavailable,
    RequestEvent,
    RequestPartlyAnswered,
    RequestSubmitted,
)
from shared.events.event import Heard
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid

_SHOWN = {"id", "title", "covers_from", "covers_until"}


class UnknownEvidence(Invalid):
    """Some of the evidence does not exist, or was returned or replaced."""


async def give(
    session: AsyncSession, request_ids: Sequence[UUID], *, draft: RequestAnswerDraft, by: Actor, at: datetime
) -> list[RequestAnswer]:
    """Answer requests, all of them or none: they are submitted, or declared unavailable.

    One that asks for things one by one is submitted when each of these is answered. `NotFound` for what was not
    released to the organisation. `UnknownEvidence` names items that cannot be given, `Invalid` lines that it has not.
    """
    evidence = await _evidence(session, draft)
    asked = {request_id: await asked_for(session, request_id) for request_id in request_ids}
    numbers = {
        request_id: await _follow(session, asked[request_id], draft, by=by, at=at) for request_id in sorted(asked)
    }
    return [_answer(session, asked[key], numbers[key], draft, evidence, by=by, at=at) for key in request_ids]


async def submit_collected(session: AsyncSession, heard: Heard[CollectionAccepted]) -> None:
    """Answer a request with what the client collected for it and has accepted itself, as who accepted it.

    Nothing where the request is settled, or has an answer with that evidence.
    """
    told = heard.event
    if told.request_id is None or told.evidence is None:
        return
    request = await found(session, Request, told.request_id)
    if request is None or request.client_id != heard.org_id or request.released_at is None:
        return
    given = {each["id"] for answer in await answers_of(session, request.id) for each in answer.evidence}
    if RequestVerb.ANSWER not in ALLOWED[RequestStatus(request.status)] or str(told.evidence.id) in given:
        return
    by, at = heard.actor, instant_of(session)
    draft = RequestAnswerDraft(evidence_ids=[told.evidence.id])
    number = await _follow(session, request, draft, by=by, at=at)
    evidence = [told.evidence.model_dump(mode="json", include=_SHOWN)]
    _answer(session, request, number, draft, evidence, by=by, at=at)


async def _evidence(session: AsyncSession, draft: RequestAnswerDraft) -> list[dict[str, Any]]:
    """The evidence of an answer, that of its lines as well, each item once and as it is now."""
    named = [("", draft.evidence_ids), *((f"/lines/{n}", line.evidence_ids) for n, line in enumerate(draft.lines))]
    ids = list(dict.fromkeys(key for _, keys in named for key in keys))
    known = await evidence_known(session, ids)
    if faults := [fault for below, keys in named for fault in faults_of_evidence(keys, known, below=below)]:
        raise UnknownEvidence("An answer names evidence that stands.", faults=faults, may_be_late=True)
    return [known[key].model_dump(mode="json", include=_SHOWN) for key in ids]


async def _follow(session: AsyncSession, asked: Request, draft: RequestAnswerDraft, *, by: Actor, at: datetime) -> int:
    """Have the firm's row follow from an answer; the number of the answer."""
    unavailable = draft.unavailable_because is not None
    verb = RequestVerb.DECLARE_UNAVAILABLE if unavailable else RequestVerb.ANSWER
    async with in_organisation(session, asked.org_id):
        request = await own(session, asked.id, asked.engagement_id, verb)
        kind = _stand(request, draft)
        request.answers, request.answered_at = request.answers + 1, at
        reason = draft.unavailable_because
        announce(session, event_of(kind, request), about=request, by=by, at=at, reason=reason)
    tell_client(session, request, kind, by=by, at=at, reason=reason)
    return request.answers


def _stand(request: Request, draft: RequestAnswerDraft) -> type[RequestEvent]:
    """Set how the request stands after an answer; the event that says so."""
    if draft.unavailable_because is not None:
        request.status = RequestStatus.DECLARED_UNAVAILABLE
        return RequestDeclaredUnavailable
    numbers = [line.number for line in draft.lines]
    if faults := faults_of_lines(numbers, request.lines):
        raise Invalid("The request does not ask for these one by one.", faults=faults)
    request.lines = marked(request.lines, set(numbers), answered=True)
    request.lines_answered = sum(line["answered"] for line in request.lines)
    if request.lines_answered == len(request.lines):
        request.status = RequestStatus.SUBMITTED
        return RequestSubmitted
    if request.status == RequestStatus.DECLARED_UNAVAILABLE:
        request.status = RequestStatus.OPEN
    return RequestPartlyAnswered


def _answer(
    session: AsyncSession,
    request: Request,
    number: int,
    draft: RequestAnswerDraft,
    evidence: list[dict[str, Any]],
    *,
    by: Actor,
    at: datetime,
) -> RequestAnswer:
    answer = RequestAnswer(
        request_id=request.id,
        engagement_id=request.engagement_id,
        firm_id=request.org_id,
        number=number,
        evidence=evidence,
        lines=[line.model_dump(mode="json") for line in draft.lines],
        text=draft.text,
        unavailable_because=draft.unavailable_because,
        given_by=by.recorded,
        given_at=at,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(answer)
    event = RequestAnswered(
        engagement_id=request.engagement_id,
        firm_id=request.org_id,
        client_id=answer.org_id,
        request_id=request.id,
        number=number,
        evidence_ids=[UUID(each["id"]) for each in evidence],
        unavailable=draft.unavailable_because is not None,
    )
    announce(session, event, about=answer, by=by, at=at, reason=draft.unavailable_because)
    return answer
