"""The verbs of a reliability record. Both are edits of its paper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.papers.actions import edited, paper_in_work
from services.audit.papers.reliability_records.models import ReliabilityRecord, ReliabilityStatus
from services.audit.papers.reliability_records.schemas import ReliabilityRecordDraft
from services.audit.sampling.populations.rules import faults_of_reliability
from shared.data.records import ANY_VERSION, found, locked
from shared.events.catalogue.papers import ReliabilityRecorded, ReliabilityWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Invalid, NotFound, not_allowed

_NOUN = "reliability record"


async def record(
    session: AsyncSession, paper_id: UUID, *, draft: ReliabilityRecordDraft, caller: Caller, at: datetime
) -> ReliabilityRecord:
    """Conclude on information that the control of a paper uses; `Invalid` without what a good conclusion rests on."""
    paper, _ = await paper_in_work(session, paper_id, caller, "conclude on the reliability of information")
    if faults := faults_of_reliability(draft):
        raise Invalid("The conclusion does not rest on these procedures.", faults=faults)
    made = ReliabilityRecord(
        **draft.model_dump(mode="json", exclude={"evidence_item_id"}),
        evidence_item_id=draft.evidence_item_id,
        org_id=paper.org_id,
        engagement_id=paper.engagement_id,
        paper_id=paper.id,
        recorded_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(made)
    edited(session, paper, by=caller.actor, at=at)
    announce(session, ReliabilityRecorded(**_event_fields(made)), about=made, by=caller.actor, at=at)
    return made


async def withdraw(session: AsyncSession, record_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Recorded → withdrawn."""
    seen = await found(session, ReliabilityRecord, record_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {record_id}.")
    paper, _ = await paper_in_work(session, seen.paper_id, caller, f"withdraw a {_NOUN}")
    made = await locked(session, ReliabilityRecord, record_id, noun=_NOUN, expected=ANY_VERSION)
    if made.status == ReliabilityStatus.WITHDRAWN:
        raise not_allowed("withdraw", made.status, [])
    made.status = ReliabilityStatus.WITHDRAWN
    edited(session, paper, by=caller.actor, at=at)
    event = ReliabilityWithdrawn(**_event_fields(made))
    announce(session, event, about=made, by=caller.actor, at=at, reason=reason)


def _event_fields(made: ReliabilityRecord) -> dict[str, Any]:
    return {
        "engagement_id": made.engagement_id,
        "paper_id": made.paper_id,
        "evidence_item_id": made.evidence_item_id,
        "reliable": made.reliable,
    }
