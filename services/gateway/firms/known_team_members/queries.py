from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.gateway.firms.known_team_members.models import KnownTeamMember


async def team_member(session: AsyncSession, *, engagement_id: UUID, person_id: UUID) -> KnownTeamMember | None:
    """The person as a member of the team of this engagement, independent of its client; None when they are not that."""
    query = select(KnownTeamMember).where(
        col(KnownTeamMember.engagement_id) == engagement_id,
        col(KnownTeamMember.person_id) == person_id,
        col(KnownTeamMember.independence) == "confirmed",
        col(KnownTeamMember.released).is_(False),
    )
    return (await session.execute(query)).scalar_one_or_none()
