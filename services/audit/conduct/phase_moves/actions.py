"""Moving an engagement: by its team, in the client's chain, where its row is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.conduct.phase_moves.queries import facts_of, to_complete
from services.audit.conduct.phase_moves.rules import gates_before
from services.audit.conduct.proposals.actions import accept
from services.audit.engagements.engagements.actions import enter
from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import allowed_from, needs_reason
from services.audit.engagements.parties.queries import at_client, role_of
from services.audit.requests.requests.actions import cancel_all
from shared.data.records import ANY_VERSION, lock_free, locked, one_at_a_time
from shared.data.transactions import touched
from shared.identity.callers import SYSTEM, Caller, in_person
from shared.problems import Conflict, Fault, Forbidden, Invalid, not_allowed

_MOST_FAULTS = 100


_ASSEMBLED = "The time in which the file is assembled, 60 days from the release of the report, has ended."


class GatesOpen(Conflict):
    """Something has to be there before the engagement enters the phase."""


async def move(
    session: AsyncSession,
    engagement_id: UUID,
    *,
    to: EngagementPhase,
    reason: str | None,
    caller: Caller,
    at: datetime,
) -> None:
    """One phase on, through its gates; or back, or withdrawn from, with a reason.

    `Forbidden` for a role that does not make this move, `GatesOpen` with all that is open.
    """
    in_person(caller.actor, "move an engagement")
    await one_at_a_time(session, engagement_id)  # against whoever writes papers meanwhile
    role = await role_of(session, engagement_id, caller)
    async with at_client(session, engagement_id):
        await one_at_a_time(session, engagement_id)
        engagement = await locked(session, Engagement, engagement_id, noun="engagement", expected=ANY_VERSION)
    facts = await facts_of(session, engagement, at=at)  # once nobody else changes what the gates look at
    async with at_client(session, engagement_id):
        phase = EngagementPhase(engagement.phase)
        allowed = allowed_from(phase)
        if to not in allowed:
            raise not_allowed(f"move to '{to}'", phase, [str(each) for each in allowed])
        if role not in allowed[to]:
            raise Forbidden(f"On the team, this is for: {', '.join(sorted(allowed[to]))}.")
        if reason is None and needs_reason(phase, to):
            raise Invalid("This move needs a reason.", faults=[Fault("/reason", f"required to move to {to}")])
        if not needs_reason(phase, to) and (gates := gates_before(to, facts)):
            faults = [Fault("/phase", gate.text) for gate in gates[:_MOST_FAULTS]]
            raise GatesOpen(f"Before {to}: {' '.join(gate.text for gate in gates[:10])}", faults=faults)
        if to == EngagementPhase.ACCEPTED and phase == EngagementPhase.PROPOSED:
            await accept(session, engagement, by=caller.actor, at=at)
        enter(session, engagement, to, reason=reason, by=caller.actor, at=at)
    if to == EngagementPhase.WITHDRAWN:
        await cancel_all(session, engagement_id, reason=reason, by=caller.actor, at=at)
    touched(session, engagement_id, at=at)  # what was judged rests on the phase


async def complete_overdue(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Complete engagements whose file has to be assembled by now; how many there were."""
    due = select(Engagement).where(*to_complete(as_of)).order_by(col(Engagement.id)).limit(limit)
    engagements = await lock_free(session, due)
    for engagement in engagements:
        enter(session, engagement, EngagementPhase.COMPLETED, reason=_ASSEMBLED, by=SYSTEM, at=as_of)
    return len(engagements)
