from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Date, DateTime, bindparam, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.earlier import dates, performer
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.definitions.models import Definition, DefinitionState
from services.controls.register.occurrences.models import MissedOccurrence, Occurrence
from services.controls.register.occurrences.rules import ControlFacts, DefinitionFacts, Performance
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.schemas import Recurrence
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, NotAFilter, Query, Where
from shared.data.reads import Listing, One
from shared.http.fields import AsOf, Day, Instant, PersonRef, UpdatedSince
from shared.people.known import is_person

_O = table_of(Occurrence).c
_C = table_of(Control).c
_D = table_of(Definition).c
_M = table_of(MissedOccurrence).c
_A_DAY = timedelta(days=1)

_OCCURRENCE = select(
    _O.id,
    _O.control_id,
    _C.code.label("control_code"),
    _O.definition_id,
    _O.due_on,
    _O.performed_at,
    performer(_O.performed_by_id, _O.performed_by_name).label("performed_by"),
    _O.notes,
    _O.evidence_ids,
    _O.recorded_by,
    dates(_O.performed_at, _O.created_at, _O.historical_record_id).label("dates"),
    _O.withdrawn_at,
    _O.version,
    _O.created_at,
    _O.updated_at,
).join(table_of(Control), _C.id == _O.control_id)

occurrence = One("occurrence", _OCCURRENCE, by=_O.id)


class OccurrenceQuery(ListQuery):
    sort: Literal["performed_at", "-performed_at", "updated_at", "-updated_at"] = "-performed_at"
    control_id: UUID | None = None
    performed_from: Annotated[Instant | None, Where(lambda value: _O.performed_at >= value)] = Field(
        default=None, description="Performed then or later"
    )
    performed_until: Annotated[Instant | None, Where(lambda value: _O.performed_at < value)] = Field(
        default=None, description="Performed before then"
    )
    updated_since: UpdatedSince = None


occurrences = Listing(_OCCURRENCE, id=_O.id, query=OccurrenceQuery)

_definitions = (
    select(
        func.json_agg(
            text(
                "json_build_object('id', control_definitions.id, 'number', control_definitions.number,"
                " 'frequency', control_definitions.frequency, 'recurrence', control_definitions.recurrence,"
                " 'effective_from', control_definitions.effective_from) order by control_definitions.number"
            )
        )
    )
    .select_from(table_of(Definition))
    .where(_D.control_id == _C.id, _D.state == DefinitionState.APPROVED)
    .scalar_subquery()
)
# When a miss that had been announced was made good by the record that the control was performed in time.
_made_good_at = (
    select(_O.created_at)
    .where(_M.control_id == _O.control_id, _M.due_on == _O.due_on, ~_M.void, _O.performed_at < _M.missed_at)
    .correlate(table_of(Occurrence))
    .scalar_subquery()
)
_performances = (
    select(
        func.json_agg(
            func.json_build_object(
                *("id", _O.id, "performed_at", _O.performed_at, "due_on", _O.due_on, "made_good_at", _made_good_at)
            )
        )
    )
    .where(
        _O.control_id == _C.id,
        _O.withdrawn_at.is_(None),
        or_(
            _O.due_on.between(bindparam("first_day", type_=Date()), bindparam("last_day", type_=Date())),
            _O.performed_at.between(
                bindparam("begins", type_=DateTime(timezone=True)), bindparam("ends", type_=DateTime(timezone=True))
            ),
        ),
    )
    .scalar_subquery()
)
_PERIOD = select(
    _C.id,
    _C.code,
    _C.title,
    _C.status,
    _C.implemented_at,
    _C.retired_at,
    func.coalesce(_definitions, text("'[]'::json")).label("definitions"),
    func.coalesce(_performances, text("'[]'::json")).label("performances"),
    _C.version,
)

in_period = One("control", _PERIOD, by=_C.id)


class PeriodQuery(Query):
    """A period of days, and as of when it is looked at."""

    first_day: Day = Field(alias="from", examples=["2026-01-01"], description="The first day of the period")
    last_day: Day = Field(alias="to", examples=["2026-03-31"], description="Its last day, which is in it")
    as_of: Annotated[AsOf, NotAFilter()] = Field(description="What was open or missed then; now when left out")


class ControlPeriodQuery(PeriodQuery, ListQuery):
    sort: Literal["code", "-code"] = "code"
    status: ControlStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    frequency: Annotated[ControlFrequency | None, Where(lambda frequency: _C.frequency == frequency)] = None


all_in_period = Listing(_PERIOD, id=_C.id, query=ControlPeriodQuery)


class ControlRow(BaseModel):
    """A control with what is needed to work out a period of it."""

    id: UUID
    code: str
    title: str
    status: str
    implemented_at: datetime | None
    retired_at: datetime | None
    definitions: list[DefinitionFacts]
    performances: list[Performance]

    @property
    def facts(self) -> ControlFacts:
        return ControlFacts(self.implemented_at, self.retired_at, self.definitions)


class ControlRows(BaseModel):
    """A page of them."""

    items: list[ControlRow]
    next_cursor: str | None


def bounds_of(first_day: date, last_day: date) -> dict[str, Any]:
    """The instants between which all days of a period lie, wherever the control is performed."""
    return {
        "begins": datetime.combine(first_day - _A_DAY, time(), UTC),
        "ends": datetime.combine(last_day + 2 * _A_DAY, time(), UTC),
    }


async def facts_of(session: AsyncSession, controls: Collection[Control]) -> Mapping[UUID, ControlFacts]:
    """What is needed to say what is due of these controls."""
    query = (
        select(Definition)
        .where(
            col(Definition.control_id).in_([control.id for control in controls]),
            col(Definition.state) == DefinitionState.APPROVED,
        )
        .order_by(col(Definition.number))
    )
    found: dict[UUID, list[DefinitionFacts]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        recurrence = Recurrence.model_validate(row.recurrence) if row.recurrence else None
        if row.effective_from is not None:
            found[row.control_id].append(
                DefinitionFacts(row.id, row.number, row.frequency, recurrence, row.effective_from)
            )
    return {
        control.id: ControlFacts(control.implemented_at, control.retired_at, found[control.id]) for control in controls
    }


async def performed_days(session: AsyncSession, controls: Collection[UUID], since: date) -> dict[UUID, set[date]]:
    """The due days since a day for which these controls have been performed."""
    query = select(_O.control_id, _O.due_on).where(
        _O.control_id.in_(controls), _O.due_on >= since, _O.withdrawn_at.is_(None)
    )
    found: dict[UUID, set[date]] = defaultdict(set)
    for control_id, due_on in await session.execute(query):
        found[control_id].add(due_on)
    return found


async def with_misses(session: AsyncSession, control_ids: Collection[UUID]) -> set[UUID]:
    """Those of these controls that have missed anything."""
    query = select(_M.control_id).where(among(_M.control_id, control_ids)).distinct()
    return set(await session.scalars(query))
