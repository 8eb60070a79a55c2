"""The verbs of a deviation. To record and to retract one is an edit of its paper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.candidates.actions import reopen
from services.audit.engagements.candidates.models import Candidate, DeviationKind
from services.audit.engagements.parties.queries import at_client
from services.audit.papers.deviations.models import Deviation, DeviationStatus
from services.audit.papers.deviations.queries import deviations_on
from services.audit.papers.deviations.schemas import AnalysisDraft, DeviationDraft
from services.audit.papers.papers.actions import edited, paper_in_work
from services.audit.papers.papers.models import Paper
from services.audit.papers.tested_engagements.queries import TESTED, engagement_in_work
from services.audit.sampling.samples.models import ItemStatus, SampleItem
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import instant_of, organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.deviations import (
    DeviationAnalysed,
    DeviationConcluded,
    DeviationRecorded,
    DeviationRetracted,
)
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Fault, Invalid, NotFound, not_allowed

_I = table_of(SampleItem).c
_NOUN = "deviation"


async def record(
    session: AsyncSession, paper_id: UUID, *, draft: DeviationDraft, caller: Caller, at: datetime
) -> Deviation:
    """Record what deviated on a paper; `Invalid` for items that do not deviate, or that another deviation names."""
    paper, _ = await paper_in_work(session, paper_id, caller, f"record a {_NOUN}", phases=TESTED)
    await _check_items(session, paper, draft)
    return put(session, draft, of=paper, paper=paper, caller=caller, at=at)


def put(
    session: AsyncSession,
    draft: DeviationDraft,
    *,
    of: Paper | Candidate,
    paper: Paper | None,
    caller: Caller,
    at: datetime,
) -> Deviation:
    """Put a deviation on record, of a paper or of a confirmed candidate; it is an edit of the paper, if it has one."""
    deviation = Deviation(
        **draft.model_dump(),
        org_id=organisation_of(session),
        engagement_id=of.engagement_id,
        control_id=of.control_id,
        control_code=of.control_code,
        paper_id=paper.id if paper else None,
        candidate_id=of.id if isinstance(of, Candidate) else None,
        recorded_by=caller.actor.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(deviation)
    touched(session, of.engagement_id, at=at)
    if paper is not None:
        edited(session, paper, by=caller.actor, at=at)
    announce(session, DeviationRecorded(**event_fields(deviation)), about=deviation, by=caller.actor, at=at)
    return deviation


async def analyse(
    session: AsyncSession, deviation_id: UUID, *, draft: AnalysisDraft, caller: Caller, at: datetime
) -> None:
    """Recorded or analysed → analysed; a concluded one is analysed anew and has to be concluded again."""
    deviation = await _standing(session, deviation_id, caller, "analyse")
    deviation.analysis = {**draft.model_dump(mode="json"), "by": caller.actor.recorded, "at": at.isoformat()}
    deviation.status, deviation.conclusion = DeviationStatus.ANALYSED, None
    event = DeviationAnalysed(**event_fields(deviation), pattern=draft.pattern, intentional=draft.intentional)
    announce(session, event, about=deviation, by=caller.actor, at=at)


async def conclude(session: AsyncSession, deviation_id: UUID, *, text: str, caller: Caller, at: datetime) -> None:
    """Analysed → concluded."""
    deviation = await _standing(session, deviation_id, caller, "conclude")
    if deviation.status != DeviationStatus.ANALYSED:
        raise not_allowed("conclude", deviation.status, ["analyse"])
    deviation.conclusion = {"text": text, "by": caller.actor.recorded, "at": at.isoformat()}
    deviation.status = DeviationStatus.CONCLUDED
    event = DeviationConcluded(**event_fields(deviation))
    announce(session, event, about=deviation, by=caller.actor, at=at, reason=text)


async def retract(session: AsyncSession, deviation_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Any → retracted: it was recorded in error. It stays on record, and counts no longer."""
    deviation = await _standing(session, deviation_id, caller, "retract")
    deviation.retraction = {"reason": reason, "by": caller.actor.recorded, "at": at.isoformat()}
    deviation.status = DeviationStatus.RETRACTED
    if deviation.paper_id is not None:
        paper = await locked(session, Paper, deviation.paper_id, noun="paper")
        edited(session, paper, by=caller.actor, at=at)
    event = DeviationRetracted(**event_fields(deviation))
    announce(session, event, about=deviation, by=caller.actor, at=at, reason=reason)
    if deviation.candidate_id is not None:
        async with at_client(session, deviation.engagement_id):
            await reopen(session, deviation.candidate_id, by=caller.actor, at=at)


async def _standing(session: AsyncSession, deviation_id: UUID, caller: Caller, verb: str) -> Deviation:
    seen = await found(session, Deviation, deviation_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {deviation_id}.")
    await engagement_in_work(session, seen.engagement_id, caller, f"{verb} a {_NOUN}", phases=TESTED)
    deviation = await locked(session, Deviation, deviation_id, noun=_NOUN, expected=ANY_VERSION)
    if deviation.status == DeviationStatus.RETRACTED:
        raise not_allowed(verb, deviation.status, [])
    touched(session, deviation.engagement_id, at=instant_of(session))
    return deviation


async def _check_items(session: AsyncSession, paper: Paper, draft: DeviationDraft) -> None:
    sample_id = (paper.extent or {}).get("sample_id")
    faults = []
    if sample_id is None and draft.sample_item_ids:
        faults.append(Fault("/sample_item_ids", "the paper has no sample"))
    elif sample_id is not None and not draft.sample_item_ids and draft.kind != DeviationKind.DESIGN:
        faults.append(Fault("/sample_item_ids", "required: the items that deviate in this way"))
    elif draft.sample_item_ids:
        deviating = await session.scalars(
            select(_I.id).where(
                _I.sample_id == UUID(sample_id),
                among(_I.id, draft.sample_item_ids),
                _I.status.in_([ItemStatus.DEVIATION.value, ItemStatus.UNAVAILABLE.value]),
            )
        )
        named = {item for other in await deviations_on(session, paper) for item in other.sample_item_ids}
        if set(draft.sample_item_ids) - set(deviating):
            faults.append(Fault("/sample_item_ids", "names an item that does not deviate"))
        if named & set(draft.sample_item_ids):
            faults.append(Fault("/sample_item_ids", "names an item of another deviation"))
    if faults:
        raise Invalid("These are not the items that deviate.", faults=faults)


def event_fields(deviation: Deviation) -> dict[str, Any]:
    """What every event about a deviation says."""
    names = ("engagement_id", "control_id", "paper_id", "candidate_id", "kind")
    return {name: getattr(deviation, name) for name in names} | {"items": len(deviation.sample_item_ids)}
