from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, DateTime, and_, bindparam, case, cast, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED
from services.audit.planning.milestones.models import Milestone, MilestoneKind, MilestoneStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import AsOf, AsOfQuery, Day, PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_M = table_of(Milestone).c
_E = table_of(Engagement).c

_TODAY = cast(func.timezone("UTC", bindparam("as_of", type_=DateTime(timezone=True))), Date)
_LATE = and_(_M.status != MilestoneStatus.WITHDRAWN.value, func.coalesce(_M.done_on, _TODAY) > _M.due_on)
_LATE_DAYS = case((_LATE, func.coalesce(_M.done_on, _TODAY) - _M.due_on), else_=literal_column("0"))

_MILESTONE = select(
    _M.id,
    _M.engagement_id,
    _M.kind,
    _M.title,
    named(_M.owner_id).label("owner"),
    _M.planned_on,
    _M.due_on,
    _M.done_on,
    _M.plan_revisions,
    _M.status,
    _LATE.label("late"),
    _LATE_DAYS.label("late_days"),
    (func.coalesce(_M.done_on, _M.due_on) - _M.planned_on).label("slipped_days"),
    _M.version,
    _M.created_at,
    _M.updated_at,
)

milestone = One("milestone", _MILESTONE, by=_M.id, query=AsOfQuery)


class MilestoneQuery(ListQuery):
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_on"
    engagement_id: UUID | None = None
    programme_id: Annotated[
        UUID | None,
        Where(lambda programme: _M.engagement_id.in_(select(_E.id).where(_E.programme_id == programme))),
    ] = Field(default=None, description="Of the engagements for this programme")
    kind: MilestoneKind | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_M.owner_id, person))] = None
    status: MilestoneStatus | None = None
    late: bool | None = None
    due_from: Annotated[Day | None, Where(lambda day: _M.due_on >= day)] = None
    due_until: Annotated[Day | None, Where(lambda day: _M.due_on <= day)] = Field(
        default=None, description="Due on this day or before"
    )
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="Late as of the day of this instant in UTC; now when left out")


milestones = Listing(_MILESTONE, id=_M.id, query=MilestoneQuery)

# A closed engagement asks nobody for anything any longer.
_GOES_ON = exists().where(_E.id == _M.engagement_id, *(_E.phase != phase.value for phase in sorted(ENDED)))

owned = rows_of(
    id=_M.id, title=_M.title, person=_M.owner_id, where=(_M.status == MilestoneStatus.OPEN.value) & _GOES_ON
)


async def has_kind(session: AsyncSession, engagement_id: UUID, kind: MilestoneKind) -> bool:
    """Whether the engagement has a milestone of this kind that was not withdrawn."""
    standing = select(_M.id).where(
        _M.engagement_id == engagement_id, _M.kind == kind, _M.status != MilestoneStatus.WITHDRAWN
    )
    return (await session.execute(standing.limit(1))).first() is not None
