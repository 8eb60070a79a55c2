from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.earlier import dates
from services.controls.register.controls.models import Control
from services.controls.register.definitions.models import Definition, DefinitionState
from services.controls.register.definitions.rules import text_of
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_D = table_of(Definition).c
_C = table_of(Control).c
_NEXT = table_of(Definition).alias("next")

# Numbers and instants rise together among the approved ones, so the next in force is the next by number.
_following = (
    select(_NEXT.c.effective_from)
    .where(_NEXT.c.control_id == _D.control_id, _NEXT.c.number > _D.number, _NEXT.c.state == DefinitionState.APPROVED)
    .order_by(_NEXT.c.number)
    .limit(1)
    .scalar_subquery()
)

_DEFINITION = select(
    _D.id,
    _D.control_id,
    _C.code.label("control_code"),
    _D.number,
    _D.state,
    _D.title,
    _D.statement,
    _D.kind,
    _D.nature,
    _D.frequency,
    _D.requirements,
    _D.recurrence,
    _D.author,
    _D.approver,
    _D.approved_at,
    _D.effective_from,
    func.least(_following, _C.retired_at).label("effective_to"),
    dates(_D.effective_from, _D.recorded_at, _D.historical_record_id).label("dates"),
    _D.version,
    _D.created_at,
    _D.updated_at,
).join(table_of(Control), _C.id == _D.control_id)

definition = One("definition", _DEFINITION, by=_D.id)

_OF_CONTROL = _DEFINITION.where(_D.control_id == bindparam("control_id", type_=Uuid()))

numbered = One("definition", _OF_CONTROL, by=_D.number)


class DefinitionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    control_id: UUID | None = None
    state: DefinitionState | None = None
    updated_since: UpdatedSince = None


definitions = Listing(_DEFINITION, id=_D.id, query=DefinitionQuery)


class ControlDefinitionQuery(ListQuery):
    sort: Literal["number", "-number", "updated_at", "-updated_at"] = "-number"
    state: DefinitionState | None = None
    updated_since: UpdatedSince = None


definitions_of_control = Listing(_OF_CONTROL, id=_D.id, query=ControlDefinitionQuery)


@dataclass(frozen=True, slots=True)
class InForce:
    """A definition as it was at an instant: what a test refers to."""

    id: UUID
    control_id: UUID
    number: int
    effective_from: datetime
    text: Mapping[str, Any]


async def definition_in_force(session: AsyncSession, control_id: UUID, at: datetime) -> InForce | None:
    """What a control was at an instant; None before its first definition, and once it was retired."""
    query = (
        select(Definition)
        .join(Control, col(Control.id) == col(Definition.control_id))
        .where(
            col(Definition.control_id) == control_id,
            col(Definition.state) == DefinitionState.APPROVED,
            col(Definition.effective_from) <= at,
            func.coalesce(col(Control.retired_at) > at, True),
        )
        .order_by(col(Definition.number).desc())
        .limit(1)
    )
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None or row.effective_from is None:
        return None
    return InForce(row.id, row.control_id, row.number, row.effective_from, text_of(row))


async def approved(session: AsyncSession, control_id: UUID, *, before: int | None = None) -> Definition | None:
    """The last approved definition of a control, or the last one before a number; None when there is none."""
    query = select(Definition).where(
        col(Definition.control_id) == control_id, col(Definition.state) == DefinitionState.APPROVED
    )
    if before is not None:
        query = query.where(col(Definition.number) < before)
    return (await session.execute(query.order_by(col(Definition.number).desc()).limit(1))).scalar_one_or_none()


async def first_approved(session: AsyncSession, control_id: UUID) -> Definition | None:
    """The first approved definition of a control; None when there is none."""
    query = select(Definition).where(
        col(Definition.control_id) == control_id, col(Definition.state) == DefinitionState.APPROVED
    )
    return (await session.execute(query.order_by(col(Definition.number)).limit(1))).scalar_one_or_none()


async def of_record(session: AsyncSession, record_id: UUID) -> Definition | None:
    """The definition whose approval a historical record tells of."""
    query = select(Definition).where(col(Definition.historical_record_id) == record_id)
    return (await session.execute(query)).scalar_one_or_none()


async def by_number(session: AsyncSession, control_id: UUID, number: int) -> Definition | None:
    """One definition of a control."""
    query = select(Definition).where(col(Definition.control_id) == control_id, col(Definition.number) == number)
    return (await session.execute(query)).scalar_one_or_none()


async def last_number(session: AsyncSession, control_id: UUID) -> int:
    """The number given last; 0 before the first."""
    query = select(func.max(col(Definition.number))).where(col(Definition.control_id) == control_id)
    return await session.scalar(query) or 0
