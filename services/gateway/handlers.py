"""What this service hears of the teams of engagements."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.firms.known_team_members.actions import TEAM_MEMBERS
from shared.events.catalogue.engagement_teams import AboutTeamMember
from shared.events.event import Heard, hears_in_batches


@hears_in_batches(*TEAM_MEMBERS.events)
async def know_team_members(session: AsyncSession, heard: Sequence[Heard[AboutTeamMember]]) -> None:
    """Keep who may have a token for which engagement."""
    await TEAM_MEMBERS.note(session, heard)
