from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import OPEN
from services.audit.engagements.parties.queries import role_of
from shared.data.records import found
from shared.identity.callers import Caller
from shared.problems import Forbidden, NotFound, not_allowed

_WORKED_ON = frozenset(OPEN) - {EngagementPhase.PROPOSED}


async def conducted(session: AsyncSession, engagement_id: UUID, caller: Caller) -> Engagement:
    """The engagement that the caller acts in, on its team.

    `NotFound` for another than the token's, `Forbidden` for who is not on the team; refused before it is accepted, and
    once its report is issued.
    """
    await require_member(session, engagement_id, caller)
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    if engagement.phase not in _WORKED_ON:
        raise not_allowed("take or test samples", engagement.phase, [])
    return engagement


async def require_member(session: AsyncSession, engagement_id: UUID, caller: Caller) -> None:
    """Refuse who is not on the team of the engagement, or has no token for it."""
    if await role_of(session, engagement_id, caller) is None:
        raise Forbidden("Use a token for the engagement to act in it.")
