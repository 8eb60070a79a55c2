"""The verbs of a deviation. To record and to retract one is an edit of its paper."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.candidates.actions import reopen
from services.audit.engagements.candidates.models import DeviationKind
from services.audit.engagements.parties.queries import at_client
from services.audit.papers.deviations.models import Deviation, DeviationStatus
from services.audit.papers.deviations.queries import deviations_on
from services.audit.papers.deviations.schemas import AnalysisDraft, DeviationDraft
from services.audit.papers.papers.actions import edited, paper_in_work
from services.audit.papers.papers.models import Paper
from services.audit.papers.papers.queries import papers_of
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
from shared.identity.callers import Actor, Caller
from shared.problems import Fault, Invalid, NotFound, not_allowed

_I = table_of(SampleItem).c
_NOUN = "deviation"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a deviation was found: in which engagement, of which control, on which paper, by what."""

    engagement_id: UUID
    control_id: UUID
    control_code: str
    paper: Paper | None = None
    candidate_id: UUID | None = None
    request_id: UUID | None = None


async def record(
    session: AsyncSession, paper_id: UUID, *, draft: DeviationDraft, caller: Caller, at: datetime
) -> Deviation:
    """Record what deviated on a paper; `Invalid` for items that do not deviate, or that another deviation names."""
    paper, _ = await paper_in_work(session, paper_id, caller, f"record a {_NOUN}", phases=TESTED)
    await _check_items(session, paper, draft)
    source = Source(paper.engagement_id, paper.control_id, paper.control_code, paper)
    return put(session, draft, of=source, by=caller.actor, at=at)


def put(session: AsyncSession, draft: DeviationDraft, *, of: Source, by: Actor, at: datetime) -> Deviation:
    """Put a deviation on record; it is an edit of its paper, if it has one."""
    deviation = Deviation(
        **draft.model_dump(),
        org_id=organisation_of(session),
        engagement_id=of.engagement_id,
        control_id=of.control_id,
        control_code=of.control_code,
        paper_id=of.paper.id if of.paper else None,
        candidate_id=of.candidate_id,
        request_id=of.request_id,
        recorded_by=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(deviation)
    touched(session, of.engagement_id, at=at)
    if of.paper is not None:
        edited(session, of.paper, by=by, at=at)
    announce(session, DeviationRecorded(**event_fields(deviation)), about=deviation, by=by, at=at)
    return deviation


async def paper_of_control(
    session: AsyncSession, engagement_id: UUID, control_id: UUID, paper_id: UUID | None
) -> Paper | None:
    """The paper that takes in a deviation of a control, locked; None where no paper tests it.

    `Invalid` for a paper of another control, and for none where the control has one.
    """
    own = [paper.id for paper in await papers_of(session, engagement_id) if paper.control_id == control_id]
    if paper_id is None and own:
        raise Invalid("To which paper?", faults=[Fault("/paper_id", "required: the control has papers")])
    if paper_id is not None and paper_id not in own:
        raise Invalid("The paper is of another control.", faults=[Fault("/paper_id", "no paper of this control")])
    return await locked(session, Paper, paper_id, noun="paper") if paper_id else None


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
    names = ("engagement_id", "control_id", "paper_id", "candidate_id", "request_id", "kind")
    return {name: getattr(deviation, name) for name in names} | {"items": len(deviation.sample_item_ids)}
