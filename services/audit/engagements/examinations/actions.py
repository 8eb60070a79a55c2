"""Examining controls: what is known of their failures, held against the engagements that have them in scope."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.engagements.models import Engagement, EngagementPhase
from services.audit.engagements.engagements.rules import OPEN, span_of
from services.audit.engagements.exceptions.actions import follow_failure, note_risks, open_exception
from services.audit.engagements.exceptions.models import AuditException
from services.audit.engagements.exceptions.rules import counts
from services.audit.engagements.facts.actions import exceedances_of, failures_of
from services.audit.engagements.facts.rules import Exceedance, Failure
from shared.data.base import table_of
from shared.data.records import one_at_a_time
from shared.data.transactions import Touch
from shared.events.trail import caused_by


async def examine(
    session: AsyncSession,
    touched_controls: Mapping[UUID, Touch],
) -> int:
    """Bring the record into line with what is known of these controls by now; how many exceptions were opened.

    Everything is recomputed from the facts, so that it matters neither which of them came last nor how often this
    is done. It is what this service recomputes before each commit.
    """
    await one_at_a_time(session, *touched_controls)
    failed = await failures_of(session, touched_controls)
    if not failed:
        return 0
    engagements = await _taking_exceptions(session, list(failed))
    recorded = await _on_record(session, list(failed))
    exceedances = await exceedances_of(session, list(failed))
    opened = 0
    for control_id, failures in failed.items():
        touch = touched_controls[control_id]
        with caused_by(session, touch.cause):
            opened += await _examine_one(
                session,
                control_id,
                failures,
                engagements[control_id],
                recorded[control_id],
                exceedances[control_id],
                at=touch.at,
            )
    return opened


async def _examine_one(
    session: AsyncSession,
    control_id: UUID,
    failures: Sequence[Failure],
    engagements: Sequence[Engagement],
    recorded: Sequence[tuple[AuditException, Engagement]],
    exceedances: Sequence[Exceedance],
    *,
    at: datetime,
) -> int:
    # What is over is remediated before a later failure is opened: at most one is open for an engagement and control.
    theirs: list[tuple[AuditException, Failure]] = []
    for exception, engagement in recorded:
        failure = next(failure for failure in failures if failure.covers(exception.failing_version))
        follow_failure(session, exception, engagement, failure, at=at)
        theirs.append((exception, failure))
    await session.flush()
    has = {(exception.engagement_id, failure) for exception, failure in theirs}
    opened = [
        (open_exception(session, engagement, control_id, failure, at=at), failure)
        for engagement in engagements
        for failure in failures
        if (engagement.id, failure) not in has and counts(failure, span_of(engagement), as_of=at)
    ]
    for exception, failure in [*theirs, *opened]:
        note_risks(session, exception, failure, exceedances, at=at)
    return len(opened)


async def _taking_exceptions(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, list[Engagement]]:
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
) -> dict[UUID, list[tuple[AuditException, Engagement]]]:
    """The exceptions of these controls, locked, but for those of closed engagements, which stay as they are."""
    query = (
        select(AuditException, Engagement)
        .join(Engagement, col(Engagement.id) == col(AuditException.engagement_id))
        .where(col(AuditException.control_id).in_(control_ids), col(Engagement.phase) != EngagementPhase.CLOSED)
        .order_by(col(AuditException.id))
        .with_for_update(of=table_of(AuditException))
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[tuple[AuditException, Engagement]]] = defaultdict(list)
    for exception, engagement in await session.execute(query):
        found[exception.control_id].append((exception, engagement))
    return found
