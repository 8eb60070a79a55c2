from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ARRAY, Select, Text, Uuid, case, func, literal, null, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.indicators.indicators.models import (
    Indicator,
    IndicatorState,
    IndicatorStatus,
    IndicatorValue,
    Metric,
)
from services.risk.indicators.indicators.schemas import MOST_VALUES, Trend
from services.risk.register.risks.models import Risk
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Indicator).c
_V = table_of(IndicatorValue).c
_R = table_of(Risk).c

_TREND = case(
    (_C.value > _C.previous_value, literal(Trend.RISING.value, Text())),
    (_C.value < _C.previous_value, literal(Trend.FALLING.value, Text())),
    (_C.value == _C.previous_value, literal(Trend.STEADY.value, Text())),
    else_=null(),
)
_INDICATOR = select(
    _C.id,
    _C.code,
    _C.title,
    _C.description,
    _C.unit,
    named(_C.owner_id).label("owner"),
    _C.risk_ids,
    _C.metric,
    _C.control_ids,
    _C.direction,
    _C.amber,
    _C.red,
    _C.breaching_values,
    _C.of_last,
    _C.period_hours,
    _C.status,
    _C.state,
    _C.state_since,
    _C.reason,
    _C.value,
    _C.measured_at,
    _TREND.label("trend"),
    _C.silent_at,
    _C.retirement_reason,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

indicator = One("indicator", _INDICATOR, by=_C.id)


class IndicatorQuery(ListQuery):
    sort: Literal["code", "-code", "created_at", "-created_at", "updated_at", "-updated_at"] = "code"
    status: IndicatorStatus | None = None
    state: IndicatorState | None = None
    metric: Metric | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    risk_id: Annotated[UUID | None, Where(lambda value: value == func.any(_C.risk_ids))] = Field(
        default=None, description="A risk of which it warns"
    )
    q: Annotated[Search | None, Mentions("code", "title")] = Field(default=None, description="In code and title")
    updated_since: UpdatedSince = None


indicators = Listing(_INDICATOR, id=_C.id, query=IndicatorQuery)

owned = rows_of(
    id=_C.id,
    title=_C.code + " " + _C.title,
    person=_C.owner_id,
    where=_C.status == IndicatorStatus.ACTIVE.value,
)


def silent(as_of: datetime) -> Select[Any]:
    """The organisations with indicators that have become silent, which was not announced yet."""
    return select(_C.org_id).where(_C.silent_at <= as_of, _C.silence_told.is_(False))


async def unknown_risks(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that no risk has."""
    known = await session.scalars(select(_R.id).where(among(_R.id, ids)))
    return set(ids) - set(known)


async def last_values(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[float]]:
    """The last values of each of these indicators by when they were measured, the newest first."""
    asked = func.unnest(literal(sorted(ids), ARRAY(Uuid())), type_=Uuid()).column_valued("indicator")
    newest = (
        select(_V.value, _V.measured_at, _V.id)
        .where(_V.indicator_id == asked)
        .order_by(_V.measured_at.desc(), _V.id.desc())
        .limit(MOST_VALUES)
        .lateral("newest")
    )
    query = select(asked, newest.c.value).join(newest, true()).order_by(newest.c.measured_at.desc(), newest.c.id.desc())
    found: dict[UUID, list[float]] = {key: [] for key in ids}
    for key, value in await session.execute(query):
        found[key].append(value)
    return found


def computed(metrics: Sequence[Metric]) -> Select[Indicator]:
    """The active indicators that count one of these, in the order of ids."""
    return (
        select(Indicator)
        .where(among(_C.metric, metrics), _C.status == IndicatorStatus.ACTIVE.value)
        .order_by(col(Indicator.id))
    )
