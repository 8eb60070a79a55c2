from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.planning.milestones.models import Milestone, MilestoneKind, MilestoneStatus
from services.audit.planning.timetables.rules import Comparison, Duration, Earlier, PlannedDay, compared, durations
from services.audit.planning.timetables.schemas import ComparedStageOut, EarlierOut, StageOut, TimetableOut
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import found
from shared.problems import NotFound

_E = table_of(Engagement).c
_M = table_of(Milestone).c
_LAST_DAY = func.coalesce(_E.as_of_date, _E.period_end)
_MOST_EARLIER = 10


async def timetable(session: AsyncSession, engagement_id: UUID) -> TimetableOut:
    """How long the stages of an engagement take; `NotFound` when there is no such engagement."""
    engagement = await found(session, Engagement, engagement_id)
    if engagement is None:
        raise NotFound(f"There is no engagement {engagement_id}.")
    before = await _earlier(session, engagement)
    planned = await _planned_days(session, [engagement_id, *(row.id for row in before)])
    earlier = [Earlier(row.id, row.last_day, durations(planned[row.id])) for row in before]
    return TimetableOut(
        engagement_id=engagement_id,
        stages=[_compared_stage(each) for each in compared(durations(planned[engagement_id]), earlier)],
        earlier=[
            EarlierOut(
                id=row.id,
                title=row.title,
                programme_id=row.programme_id,
                last_day=row.last_day,
                stages=[StageOut(**_stage(duration)) for duration in engagement_before.durations],
            )
            for row, engagement_before in zip(before, earlier, strict=True)
        ],
    )


async def _earlier(session: AsyncSession, engagement: Engagement) -> list[Any]:
    """The latest engagements of the same kind that ended before this one, latest first."""
    last_day = engagement.as_of_date or engagement.period_end
    query = (
        select(_E.id, _E.title, _E.programme_id, _LAST_DAY.label("last_day"))
        .where(_E.kind == engagement.kind, last_day > _LAST_DAY)
        .order_by(_LAST_DAY.desc(), _E.id.desc())
        .limit(_MOST_EARLIER)
    )
    return list(await session.execute(query))


async def _planned_days(session: AsyncSession, engagement_ids: Collection[UUID]) -> dict[UUID, list[PlannedDay]]:
    query = select(_M.engagement_id, _M.kind, _M.planned_on, _M.due_on, _M.done_on).where(
        among(_M.engagement_id, engagement_ids),
        _M.kind != MilestoneKind.CUSTOM,
        _M.status != MilestoneStatus.WITHDRAWN,
    )
    planned: dict[UUID, list[PlannedDay]] = defaultdict(list)
    for engagement_id, kind, *days in await session.execute(query):
        planned[engagement_id].append(PlannedDay(MilestoneKind(kind), *days))
    return planned


def _compared_stage(comparison: Comparison) -> ComparedStageOut:
    return ComparedStageOut(
        **_stage(comparison.duration),
        earlier_engagement_id=comparison.earlier_id,
        earlier_days=comparison.earlier_days,
        over_earlier_days=comparison.over_earlier_days,
    )


def _stage(duration: Duration) -> dict[str, Any]:
    names = ("stage", "planned_days", "due_days", "actual_days", "over_plan_days")
    return {name: getattr(duration, name) for name in names}
