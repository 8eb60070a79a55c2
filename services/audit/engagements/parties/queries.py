from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.team_members.models import Independence, TeamMember
from shared.data.records import found
from shared.data.sessions import in_organisation, organisation_of
from shared.identity.callers import Caller
from shared.identity.team_roles import TeamRole
from shared.problems import Forbidden, NotFound


async def role_of(session: AsyncSession, engagement_id: UUID, caller: Caller) -> TeamRole | None:
    """The role in which a caller acts on the team of an engagement; None for who has no token for one.

    `NotFound` for another engagement than the token's, and for one that was proposed to another firm since; `Forbidden`
    for who is not on the team any longer.
    """
    if caller.engagement is None:
        return None
    engagement = await found(session, Engagement, engagement_id)
    if caller.engagement != engagement_id or engagement is None or engagement.firm_id != caller.org_id:
        raise NotFound(f"There is no engagement {engagement_id} that this token is for.")
    query = select(TeamMember.role).where(
        TeamMember.engagement_id == engagement_id,
        TeamMember.person_id == caller.person,
        TeamMember.independence == Independence.CONFIRMED,
        col(TeamMember.released_at).is_(None),
    )
    role = (await session.execute(query)).scalar_one_or_none()
    if role is None:
        raise Forbidden("You are not on the team of this engagement any longer.")
    return TeamRole(role)


async def acted_in(session: AsyncSession, caller: Caller) -> UUID:
    """The engagement that the caller's token is for, on whose team they are still; `Forbidden` for everybody else."""
    if caller.engagement is None:
        raise Forbidden("This needs a token for one engagement.")
    await role_of(session, caller.engagement, caller)
    return caller.engagement


@asynccontextmanager
async def at_client(session: AsyncSession, engagement_id: UUID) -> AsyncIterator[None]:
    """The transaction is the client's meanwhile, for a verb of the auditing party that changes the client's rows.

    `NotFound` unless the transaction's organisation conducts the engagement.
    """
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None or engagement.firm_id != organisation_of(session):
        raise NotFound(f"There is no engagement {engagement_id} that this organisation conducts.")
    async with in_organisation(session, engagement.org_id):
        yield
