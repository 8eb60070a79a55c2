"""Examining controls: what is known of their failures, held against the engagements that have them in scope."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.candidates.actions import follow, note_risks, raise_candidate
from services.audit.engagements.candidates.models import Candidate
from services.audit.engagements.candidates.rules import Finding, Observation, observations, told_within
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED, OPEN
from services.audit.engagements.facts.actions import facts_of, named_in
from services.audit.engagements.facts.models import KnownControl
from services.audit.engagements.facts.rules import Facts
from shared.data.base import table_of
from shared.data.transactions import Touch
from shared.events.trail import caused_by


async def examine(
    session: AsyncSession,
    touched_controls: Mapping[UUID, Touch],
) -> int:
    """Bring the record into line with what is known of these controls by now; how many candidates were raised.

    Everything is recomputed from the facts, so that it matters neither which of them came last nor how often this
    is done. It is what this service recomputes before each commit. Whoever touches a control has asked for it by
    `one_at_a_time` before: at the end of a transaction that holds rows it would be too late.
    """
    known = await facts_of(session, touched_controls)
    if not known:
        return 0
    engagements = await _taking_candidates(session, list(known))
    recorded = await _on_record(session, list(known))
    reasons = [reason for facts in known.values() for failure in facts.failures for reason in failure.reasons]
    named = await named_in(session, reasons)
    raised = 0
    for control_id, facts in known.items():
        touch = touched_controls[control_id]
        with caused_by(session, touch.cause):
            raised += await _examine_one(
                session, control_id, facts, engagements[control_id], recorded[control_id], named=named, at=touch.at
            )
    return raised


async def _examine_one(
    session: AsyncSession,
    control_id: UUID,
    facts: Facts,
    engagements: Sequence[Engagement],
    recorded: Sequence[tuple[Candidate, Engagement]],
    *,
    named: Sequence[KnownControl],
    at: datetime,
) -> int:
    # What is over is remediated before a later failure is raised: at most one is open for an engagement and control.
    observed = observations(facts)
    affected: list[tuple[Candidate, Observation]] = []
    for candidate, engagement in recorded:
        its = next(each for each in observed if each.is_recorded_as(candidate))
        follow(session, candidate, _put(its, engagement, control_id, named), at=at)
        affected.append((candidate, its))
    await session.flush()
    has = {(candidate.engagement_id, its) for candidate, its in affected}
    raised = [
        (raise_candidate(session, engagement, control_id, _put(each, engagement, control_id, named), at=at), each)
        for engagement in engagements
        for each in observed
        if (engagement.id, each) not in has and each.counts_for(engagement, as_of=at)
    ]
    for candidate, its in [*affected, *raised]:
        note_risks(session, candidate, its.failing, facts.exceedances, at=at)
    return len(raised)


def _put(observed: Observation, engagement: Engagement, control_id: UUID, named: Sequence[KnownControl]) -> Finding:
    """The observation as the engagement's record has it, which the firm reads and keeps."""
    scope = {*engagement.control_ids, control_id}
    inside = {name for each in named if each.id in scope for name in (each.code, each.title)}
    outside = {name for each in named for name in (each.code, each.title) if name} - inside
    return told_within(observed.put(engagement), sorted(outside))


async def _taking_candidates(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, list[Engagement]]:
    """The engagements that examine these controls, and whose report is not issued before this transaction ends."""
    query = (
        select(Engagement)
        .where(
            col(Engagement.phase).in_(OPEN),
            table_of(Engagement).c.control_ids.overlap(literal(list(control_ids), ARRAY(Uuid))),
        )
        .order_by(col(Engagement.id))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[Engagement]] = defaultdict(list)
    for engagement in (await session.execute(query)).scalars():
        for control_id in {*engagement.control_ids} & {*control_ids}:
            found[control_id].append(engagement)
    return found


async def _on_record(
    session: AsyncSession, control_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[Candidate, Engagement]]]:
    """The candidates of these controls, locked, but for those of closed engagements, which stay as they are."""
    query = (
        select(Candidate, Engagement)
        .join(Engagement, col(Engagement.id) == col(Candidate.engagement_id))
        .where(col(Candidate.control_id).in_(control_ids), col(Engagement.phase).not_in(ENDED))
        .order_by(col(Candidate.id))
        .with_for_update(of=table_of(Candidate))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[tuple[Candidate, Engagement]]] = defaultdict(list)
    for candidate, engagement in await session.execute(query):
        found[candidate.control_id].append((candidate, engagement))
    return found
