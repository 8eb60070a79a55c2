"""The verbs of a request as it is drafted, and the steps that all verbs of a request have in common.

A request is the firm's row. Once it is released, what happens to it is announced in the trails of both parties. Rows
are locked in the order: engagement, requests by id, in the organisation that has them.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import Engagement
from services.audit.requests.requests.models import Request, RequestOrigin, RequestStatus
from services.audit.requests.requests.queries import codes_of
from services.audit.requests.requests.rules import (
    ALLOWED,
    ASKING,
    UNSETTLED,
    RequestVerb,
    codes_for,
    faults_of_codes,
    faults_of_controls,
    lines_of,
)
from services.audit.requests.requests.schemas import RequestDraft, RequestRevision
from shared.data.records import ANY_VERSION, found, lock_rows, locked, one_at_a_time
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.requests import (
    RequestCancelled,
    RequestDrafted,
    RequestEvent,
    RequestRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, Invalid, NotFound, not_allowed

_NULLABLE = frozenset({"example", "addressee", "due_on"})


async def draft_all(
    session: AsyncSession,
    engagement_id: UUID,
    *,
    drafts: Sequence[RequestDraft],
    below: Sequence[str],
    origin: RequestOrigin = RequestOrigin.WRITTEN,
    origin_ids: Sequence[UUID | None] = (),
    item_ids: Sequence[Sequence[UUID]] = (),
    by: Actor,
    at: datetime,
) -> list[Request]:
    """Draft requests, all of them or none; `below` is where in the input each stands.

    `item_ids` are the items of a sample that the lines of each are, where they are such.
    `CodeTaken` names every code that another request of the engagement has, `Invalid` every control out of its scope.
    """
    engagement = await asking(session, engagement_id, "draft requests for")
    await one_at_a_time(session, engagement_id)
    taken = await codes_of(session, engagement_id)
    if faults := faults_of_codes([draft.code for draft in drafts], taken, below):
        raise CodeTaken("Other requests of this engagement have these codes.", faults=faults)
    scopes = [(place, draft.control_ids) for place, draft in zip(below, drafts, strict=True)]
    if faults := faults_of_controls(scopes, engagement.control_ids):
        raise Invalid("A request is about controls in scope.", faults=faults)
    codes = codes_for([draft.code for draft in drafts], taken)
    made = [
        Request(
            **draft.model_dump(exclude={"code", "lines"}),
            lines=lines_of(draft.lines, items),
            code=code,
            engagement_id=engagement_id,
            client_id=engagement.org_id,
            origin=origin,
            origin_id=origin_id,
            org_id=organisation_of(session),
            created_at=at,
            updated_at=at,
        )
        for draft, code, origin_id, items in zip(
            drafts, codes, origin_ids or [None] * len(drafts), item_ids or [()] * len(drafts), strict=True
        )
    ]
    for request in made:
        session.add(request)
        announce(session, event_of(RequestDrafted, request), about=request, by=by, at=at)
    return made


async def revise(
    session: AsyncSession,
    request_id: UUID,
    *,
    engagement_id: UUID,
    revision: RequestRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change a draft. What was released is asked for as it was: another request asks for something else."""
    engagement = await asking(session, engagement_id, "revise requests of")
    if faults := faults_of_controls([("", revision.control_ids or [])], engagement.control_ids):
        raise Invalid("A request is about controls in scope.", faults=faults)
    request = await own(session, request_id, engagement_id, RequestVerb.REVISE, expected=expected)
    if revision.lines is not None:
        request.lines = lines_of(revision.lines)
    for name, value in revision.model_dump(exclude_unset=True, exclude={"lines"}).items():
        if value is not None or name in _NULLABLE:
            setattr(request, name, value)
    announce(session, event_of(RequestRevised, request), about=request, by=by, at=at)


async def cancel(
    session: AsyncSession, request_id: UUID, *, engagement_id: UUID, reason: str, by: Actor, at: datetime
) -> None:
    """Ask for it no longer. A draft that is cancelled stays the firm's alone."""
    await asking(session, engagement_id, "cancel requests of")
    request = await own(session, request_id, engagement_id, RequestVerb.CANCEL)
    decide(request, RequestStatus.CANCELLED, reason=reason, by=by, at=at)
    await tell(session, [request], RequestCancelled, by=by, at=at, reason=reason)


async def cancel_all(
    session: AsyncSession, engagement_id: UUID, *, reason: str | None, by: Actor, at: datetime
) -> None:
    """Ask for nothing any longer, since the engagement goes no further; what was settled stays as it is."""
    waiting = (RequestStatus.DRAFT, *UNSETTLED)
    query = select(Request).where(col(Request.engagement_id) == engagement_id, col(Request.status).in_(waiting))
    requests = await lock_rows(session, query.order_by(col(Request.id)))
    for request in requests:
        decide(request, RequestStatus.CANCELLED, reason=reason, by=by, at=at)
    await tell(session, requests, RequestCancelled, by=by, at=at, reason=reason)


async def asking(session: AsyncSession, engagement_id: UUID, verb: str) -> Engagement:
    """The engagement, of which the transaction's organisation is the auditing party, while requests are made in it.

    `NotFound` for other engagements, `Conflict` before its acceptance and after fieldwork.
    """
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None or engagement.firm_id != organisation_of(session):
        raise NotFound(f"There is no engagement {engagement_id} that this organisation conducts.")
    if engagement.phase not in ASKING:
        raise not_allowed(verb, engagement.phase, [])
    return engagement


async def held(session: AsyncSession, engagement_id: UUID, verb: str) -> Engagement:
    """The engagement as `asking` has it, kept from moving on until the transaction ends.

    For verbs after which a request waits for somebody: fieldwork does not end while one does.
    """
    engagement = await asking(session, engagement_id, verb)
    async with in_organisation(session, engagement.org_id):
        engagement = await locked(session, Engagement, engagement_id, noun="engagement")
    if engagement.phase not in ASKING:
        raise not_allowed(verb, engagement.phase, [])
    return engagement


async def own(
    session: AsyncSession, request_id: UUID, engagement_id: UUID, verb: RequestVerb, *, expected: int = ANY_VERSION
) -> Request:
    """The request of the engagement, locked, when its state allows the verb. The transaction is the firm's."""
    request = await locked(session, Request, request_id, noun="request", expected=expected)
    if request.engagement_id != engagement_id:
        raise NotFound(f"There is no request {request_id} in this engagement.")
    allowed = ALLOWED[RequestStatus(request.status)]
    if verb not in allowed:
        raise not_allowed(verb, request.status, allowed)
    return request


async def of_engagement(session: AsyncSession, request_id: UUID, engagement_id: UUID) -> Request:
    """The request of the engagement, not locked. The transaction is the firm's."""
    request = await found(session, Request, request_id)
    if request is None or request.engagement_id != engagement_id:
        raise NotFound(f"There is no request {request_id} in this engagement.")
    return request


async def asked_for(session: AsyncSession, request_id: UUID) -> Request:
    """A request that was released to the transaction's organisation, not locked; `NotFound` for every other."""
    request = await found(session, Request, request_id)
    if request is None or request.client_id != organisation_of(session) or request.released_at is None:
        raise NotFound(f"There is no request {request_id}.")
    return request


def decide(request: Request, status: RequestStatus, *, reason: str | None, by: Actor, at: datetime) -> None:
    """Set what the firm decided."""
    request.status, request.reason = status, reason
    request.decided_by, request.decided_at = by.recorded, at


async def tell(
    session: AsyncSession,
    requests: Sequence[Request],
    kind: type[RequestEvent],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Announce in the firm's trail, whose transaction it is, and of what was released in the client's as well."""
    for request in requests:
        announce(session, event_of(kind, request), about=request, by=by, at=at, reason=reason)
    released = [each for each in requests if each.released_at is not None]
    for client_id in sorted({each.client_id for each in released}):
        async with in_organisation(session, client_id):
            for request in released:
                if request.client_id == client_id:
                    tell_client(session, request, kind, by=by, at=at, reason=reason)


def tell_client(
    session: AsyncSession,
    request: Request,
    kind: type[RequestEvent],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Announce in the client's trail, whose transaction it is, what the firm's trail tells already.

    Nothing where one organisation is both, as in an internal audit.
    """
    if request.client_id != request.org_id:
        about = Written(request.id, request.version)
        announce(session, event_of(kind, request), about=about, by=by, at=at, reason=reason)


def event_of(kind: type[RequestEvent], request: Request) -> RequestEvent:
    """The event about a request as it is now."""
    told = {name: getattr(request, name) for name in kind.model_fields if name != "firm_id"}
    return kind(firm_id=request.org_id, **told)
