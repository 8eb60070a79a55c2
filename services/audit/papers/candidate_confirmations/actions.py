"""Confirming a candidate: decided in the client's chain, where it is, and put on record in the firm's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.candidates.actions import confirm
from services.audit.engagements.candidates.models import DeviationKind
from services.audit.engagements.engagements.rules import AS_OF_A_DATE
from services.audit.engagements.parties.queries import at_client
from services.audit.papers.candidate_confirmations.schemas import ConfirmationDraft
from services.audit.papers.deviations.actions import Source, paper_of_control, put
from services.audit.papers.deviations.models import Deviation
from services.audit.papers.deviations.schemas import DeviationDraft
from services.audit.papers.tested_engagements.queries import TESTED, engagement_in_work, engagement_of_token
from shared.identity.callers import Caller
from shared.problems import Conflict


class NoDeviationOfType1(Conflict):
    """A Type 1 judges design and implementation as of its date, and no operation."""


async def confirm_candidate(
    session: AsyncSession, candidate_id: UUID, *, draft: ConfirmationDraft, caller: Caller, at: datetime
) -> Deviation:
    """Raised or remediated → confirmed, which makes a deviation.

    `NoDeviationOfType1` for what only a period can have. `Invalid` for a paper of another control, and for none where
    the control has one: what the paper concludes has to take the deviation in.
    """
    engagement_id = engagement_of_token(caller)
    tested = await engagement_in_work(session, engagement_id, caller, "confirm a candidate", phases=TESTED)
    async with at_client(session, engagement_id):
        candidate = await confirm(session, candidate_id, engagement_id, by=caller.actor, at=at)
    if tested.kind in AS_OF_A_DATE and candidate.kind != DeviationKind.DESIGN:
        raise NoDeviationOfType1(f"The candidate is about {candidate.kind}; dismiss it, or test the implementation.")
    paper = await paper_of_control(session, engagement_id, candidate.control_id, draft.paper_id)
    source = Source(engagement_id, candidate.control_id, candidate.control_code, paper, candidate_id=candidate.id)
    said = DeviationDraft(kind=DeviationKind(candidate.kind), nature=draft.nature)
    return put(session, said, of=source, by=caller.actor, at=at)
