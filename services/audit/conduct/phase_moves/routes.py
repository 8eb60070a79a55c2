from uuid import UUID

from fastapi import Response

from services.audit.conduct.phase_moves import actions
from services.audit.conduct.phase_moves.queries import facts_of
from services.audit.conduct.phase_moves.rules import Party, gates_before
from services.audit.conduct.phase_moves.schemas import GateOut, NextPhaseOut
from services.audit.engagements.engagements import queries
from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import following
from services.audit.engagements.engagements.schemas import EngagementOut, PhaseMove
from shared.clock import now
from shared.data.outside import ClientWords
from shared.data.records import found
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("phase moves")


@routes.get(
    "/v1/engagements/{engagement_id}/next-phase",
    permission=P.ENGAGEMENTS_READ,
    response_model=NextPhaseOut,
    refuses=(NotFound,),
    auditors=True,
)
async def get_next_phase(engagement_id: UUID, read: Read) -> Response:
    """The next phase, and all that is open before it and that the caller's party can do something about."""
    party = Party.AUDITORS if read.caller.engagement else Party.CLIENT
    async with read.transaction() as session:
        engagement = await found(session, Engagement, engagement_id)
        if engagement is None or (read.caller.engagement or engagement_id) != engagement_id:
            raise NotFound(f"There is no engagement {engagement_id}.")
        facts = await facts_of(session, engagement, at=now())
    phase = EngagementPhase(engagement.phase)
    then = following(phase)
    gates = gates_before(then, facts) if then else []
    answer = NextPhaseOut(
        engagement_id=engagement_id,
        phase=phase,
        next_phase=then,
        open=[
            GateOut(code=gate.code, text=gate.text, party=gate.party, path=gate.path)
            for gate in gates
            if gate.party == party
        ],
    )
    return await read.computed(answer, names_controls=ClientWords("open"))


@routes.post(
    "/v1/engagements/{engagement_id}/phases",
    permission=P.ENGAGEMENTS_CONDUCT,
    response_model=EngagementOut,
    refuses=(NotFound, actions.GatesOpen),
    auditors=True,
)
async def move_engagement(engagement_id: UUID, move: PhaseMove, write: Write) -> Response:
    """Move on by one phase, as the auditing party; or back, or withdraw, with a reason.

    A proposal is accepted so; it is declined at `/v1/engagement-proposals`. The engagement partner accepts, writes and
    issues the report, completes, goes back and withdraws; the manager does the rest. Everything that is open before
    a phase is said at once.
    """
    await actions.move(
        write.session, engagement_id, to=move.phase, reason=move.reason, caller=write.caller, at=write.at
    )
    return await write.changed(queries.engagement, engagement_id)
