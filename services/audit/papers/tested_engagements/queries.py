"""The engagement in which a person of the team works."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.engagements.parties.queries import role_of
from shared.data.records import found, one_at_a_time, several_at_a_time
from shared.identity.callers import Caller
from shared.identity.team_roles import TeamRole
from shared.problems import Forbidden, NotFound, not_allowed

# From planning until the report is issued; a test is executed and signed once fieldwork has begun.
WORKED_ON = frozenset(
    {EngagementPhase.PLANNING, EngagementPhase.FIELDWORK, EngagementPhase.EVALUATION, EngagementPhase.REPORTING}
)
TESTED = WORKED_ON - {EngagementPhase.PLANNING}
# What an ISO audit found is followed up after its report, too (ISO/IEC 17021-1, 9.4.10).
FOLLOWED_UP = WORKED_ON | {EngagementPhase.ISSUED}
JUDGED = frozenset({EngagementPhase.EVALUATION, EngagementPhase.REPORTING})


@dataclass(frozen=True, slots=True)
class Tested:
    """An engagement, and the role in which the caller works on it."""

    engagement: Engagement
    role: TeamRole

    @property
    def kind(self) -> EngagementKind:
        """What is examined and reported on."""
        return EngagementKind(self.engagement.kind)


async def engagement_in_work(
    session: AsyncSession,
    engagement_id: UUID,
    caller: Caller,
    verb: str,
    *,
    phases: Collection[EngagementPhase] = WORKED_ON,
    alone: bool = True,
) -> Tested:
    """The engagement that the caller acts in, which stays in its phase until the transaction ends.

    `alone`: nobody else of the firm writes what belongs to it meanwhile, since what is written rests on several things
    of it. Otherwise others write too, each what it has locked; whoever has to be alone waits for all of them.
    `NotFound` for another than the token's, `Forbidden` for who is not on the team, `Conflict` in another phase.
    """
    await (one_at_a_time if alone else several_at_a_time)(session, engagement_id)
    role = await role_of(session, engagement_id, caller)
    if role is None:
        raise Forbidden("Use a token for the engagement to act in it.")
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    if engagement.phase not in phases:
        raise not_allowed(verb, engagement.phase, [])
    return Tested(engagement, role)


async def engagement_taking_up(
    session: AsyncSession,
    engagement_id: UUID,
    caller: Caller,
    verb: str,
    *,
    phases: Collection[EngagementPhase] = FOLLOWED_UP,
) -> Tested:
    """The engagement that the caller acts in: the one in which something was found, or one that follows it.

    `NotFound` for any other; the rest as `engagement_in_work` says.
    """
    tested = await engagement_in_work(session, engagement_of_token(caller), caller, verb, phases=phases)
    if engagement_id not in {tested.engagement.id, tested.engagement.follows_id}:
        raise NotFound(f"It is not of the engagement {tested.engagement.id}, nor of the one before it.")
    return tested


def engagement_of_token(caller: Caller) -> UUID:
    """The engagement that a token is for; `Forbidden` with an ordinary one."""
    if caller.engagement is None:
        raise Forbidden("Use a token for the engagement to act in it.")
    return caller.engagement
