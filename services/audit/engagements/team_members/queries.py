from collections.abc import Collection, Sequence
from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import span_of
from services.audit.engagements.facts.models import KnownControl, KnownPerformer
from services.audit.engagements.team_members.models import Independence, TeamMember
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import PersonRef, UpdatedSince
from shared.identity.team_roles import TeamRole
from shared.people.known import is_person

_M = table_of(TeamMember).c
_K, _P = table_of(KnownControl).c, table_of(KnownPerformer).c

_MEMBER = select(
    _M.id,
    _M.engagement_id,
    json_object(id=_M.person_id, name=_M.person_name).label("person"),
    _M.role,
    _M.independence,
    _M.confirmation,
    _M.released_at,
    _M.version,
    _M.created_at,
    _M.updated_at,
)

team_member = One("team member", _MEMBER, by=_M.id)


class TeamMemberQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    engagement_id: UUID | None = None
    person: Annotated[PersonRef | None, Where(lambda reference: is_person(_M.person_id, reference))] = None
    role: TeamRole | None = None
    independence: Independence | None = None
    updated_since: UpdatedSince = None


team_members = Listing(_MEMBER, id=_M.id, query=TeamMemberQuery)


async def of_own_work(session: AsyncSession, engagement: Engagement, persons: Collection[UUID]) -> set[UUID]:
    """Those of these people who own a control in the scope of an engagement, or performed one in its time.

    It is asked of a team of the organisation's own: nobody audits their own work (ISO/IEC 27001, 9.2; ISO 19011, 5.4).
    """
    if engagement.firm_id != engagement.org_id:
        return set()
    span, found = span_of(engagement), set[UUID]()
    scope = among(_K.id, engagement.control_ids)
    for owner in (_K.owner_id, _K.backup_owner_id):
        found |= {*await session.scalars(select(owner).where(scope, among(owner, persons)))}
    performed = select(_P.person_id).where(
        among(_P.control_id, engagement.control_ids),
        among(_P.person_id, persons),
        _P.withdrawn.is_(False),
        _P.performed_at >= span.start,
        _P.performed_at < span.end,
    )
    return found | {*await session.scalars(performed.distinct())}


async def on_team(session: AsyncSession, engagement_id: UUID) -> Sequence[TeamMember]:
    """Who is on the team of an engagement, in the order in which they were assigned."""
    query = select_rows(TeamMember).where(
        col(TeamMember.engagement_id) == engagement_id, col(TeamMember.released_at).is_(None)
    )
    return (await session.scalars(query.order_by(col(TeamMember.id)))).all()
