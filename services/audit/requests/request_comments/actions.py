"""The verb of a comment. The row, and the transaction, are those of the writer's organisation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED
from services.audit.engagements.team_members.queries import on_team
from services.audit.requests.request_answers.queries import answers_of
from services.audit.requests.request_comments.models import RequestComment
from services.audit.requests.request_comments.queries import comments_on
from services.audit.requests.request_comments.rules import participants
from services.audit.requests.request_comments.schemas import RequestCommentDraft
from services.audit.requests.requests.models import Request, RequestStatus
from services.audit.requests.requests.rules import ALLOWED, RequestVerb
from shared.data.records import found
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.requests import RequestCommented
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.people.references import KnownPerson, people_named, require_people
from shared.problems import Fault, UnknownPerson, not_allowed


async def write(
    session: AsyncSession, request: Request, *, by_firm: bool, draft: RequestCommentDraft, by: Actor, at: datetime
) -> RequestComment:
    """Write to the thread of a released request until the engagement has ended; both parties see it from then on.

    `UnknownPerson` or `PersonGone` for a mention of who is neither of one's own organisation nor took part, and of who
    is of the firm and not on the team.
    """
    status = RequestStatus(request.status)
    if RequestVerb.COMMENT not in ALLOWED[status] or request.released_at is None:  # a draft may be cancelled, too
        raise not_allowed(RequestVerb.COMMENT, status, ALLOWED[status])
    engagement = await found(session, Engagement, request.engagement_id)
    assert engagement is not None, "both parties see the engagement of a released request"
    if engagement.phase in ENDED:
        raise not_allowed(RequestVerb.COMMENT, engagement.phase, [])
    comment = RequestComment(
        request_id=request.id,
        engagement_id=request.engagement_id,
        firm_id=request.org_id,
        client_id=request.client_id,
        by_firm=by_firm,
        text=draft.text,
        mentions=await _mentioned(session, request, draft.mentions, by_firm=by_firm),
        written_by=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(comment)
    event = RequestCommented(
        engagement_id=request.engagement_id,
        firm_id=request.org_id,
        client_id=request.client_id,
        request_id=request.id,
        by_firm=by_firm,
        mentions=[UUID(each["id"]) for each in comment.mentions],
    )
    announce(session, event, about=comment, by=by, at=at)
    other = request.client_id if by_firm else request.org_id
    if other != comment.org_id:
        async with in_organisation(session, other):
            announce(session, event, about=Written(comment.id, comment.version), by=by, at=at)
    return comment


async def _mentioned(
    session: AsyncSession, request: Request, references: Sequence[str], *, by_firm: bool
) -> list[dict[str, Any]]:
    """The people whom references mean, each once. Those of the other party are known by what they did here.

    The firm mentions its team and who took part: the client learns of nobody else of the firm by an engagement.
    """
    took_part = await _participants(session, request) if references else {}
    own = await people_named(session, references)
    others = {
        reference: took_part[UUID(reference)]
        for reference in references
        if reference not in own and "@" not in reference and UUID(reference) in took_part
    }
    rest = {f"/mentions/{place}": ref for place, ref in enumerate(references) if ref not in others}
    known = await require_people(session, rest)
    if by_firm and request.client_id != request.org_id:
        await _require_on_team(session, request, known)
    ids = {person.id: person.name for person in known.values()} | {UUID(ref): name for ref, name in others.items()}
    return [{"id": str(key), "name": name} for key, name in ids.items()]


async def _require_on_team(session: AsyncSession, request: Request, known: Mapping[str, KnownPerson]) -> None:
    took_part = await _participants(session, request) if known else {}
    team = {member.person_id for member in await on_team(session, request.engagement_id)} if known else set()
    faults = [
        Fault(pointer, f"{person.name} is not on the team of the engagement")
        for pointer, person in known.items()
        if person.id not in {*team, *took_part}
    ]
    if faults:
        raise UnknownPerson("Of the firm, the team and who took part can be mentioned.", faults=faults)


async def _participants(session: AsyncSession, request: Request) -> dict[UUID, str]:
    answers, comments = await answers_of(session, request.id), await comments_on(session, request.id)
    recorded = [*(each.given_by for each in answers), *(each.written_by for each in comments), request.decided_by]
    owner = (request.owner_id, request.owner_name) if request.owner_id and request.owner_name else None
    return participants(recorded, owner)
