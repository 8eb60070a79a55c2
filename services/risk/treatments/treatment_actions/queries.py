from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Select, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.days import AsOfDay, AsOfDayQuery
from services.risk.treatments.treatment_actions.models import UNDONE, TreatmentAction, TreatmentActionStatus
from services.risk.treatments.treatments.models import LIVE, PENDING, Treatment
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_A = table_of(TreatmentAction).c
_T = table_of(Treatment).c
_UNDONE = among(_A.status, sorted(UNDONE))

_ACTION = select(
    _A.id,
    _A.treatment_id,
    _A.risk_id,
    _A.risk_code,
    _A.text,
    named(_A.owner_id).label("owner"),
    _A.due_on,
    and_(_UNDONE, among(_T.status, sorted(LIVE)), _A.due_on < bindparam("as_of", type_=Date())).label("overdue"),
    _A.cost,
    _A.yearly_cost,
    _A.actual_cost,
    _A.status,
    _A.started_at,
    _A.done_by,
    _A.done_at,
    _A.done_note,
    _A.evidence_ids,
    _A.settled_by,
    _A.settled_at,
    _A.settled_note,
    _A.version,
    _A.created_at,
    _A.updated_at,
).join(table_of(Treatment), _T.id == _A.treatment_id)

treatment_action = One("treatment action", _ACTION, by=_A.id, query=AsOfDayQuery)


class TreatmentActionQuery(ListQuery):
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "due_on"
    treatment_id: UUID | None = None
    risk_id: UUID | None = None
    status: TreatmentActionStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_A.owner_id, person))] = None
    overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    updated_since: UpdatedSince = None


treatment_actions = Listing(_ACTION, id=_A.id, query=TreatmentActionQuery)

owned = rows_of(
    id=_A.id,
    title=_A.risk_code + " " + _A.text,
    person=_A.owner_id,
    where=_UNDONE & (_T.id == _A.treatment_id) & among(_T.status, sorted(PENDING | LIVE)),
)


def due(as_of: datetime) -> Select[Any]:
    """The organisations with actions of which the clock has something to say."""
    return select(_A.org_id).where(_A.due_at <= as_of)


async def locked_actions(session: AsyncSession, treatment_id: UUID) -> list[TreatmentAction]:
    """All actions of a treatment, locked, in the order of ids."""
    query = select(TreatmentAction).where(_A.treatment_id == treatment_id).order_by(col(TreatmentAction.id))
    return [*await lock_rows(session, query)]


async def undone_of(session: AsyncSession, treatment_ids: Collection[UUID]) -> list[TreatmentAction]:
    """The actions of treatments that are neither done nor dropped, locked, in the order of ids."""
    undone = select(TreatmentAction).where(among(_A.treatment_id, treatment_ids), _UNDONE)
    return [*await lock_rows(session, undone.order_by(col(TreatmentAction.id)))]


async def sums_of(session: AsyncSession, treatment_id: UUID) -> dict[str, int]:
    """What the actions of a treatment cost, as planned without those that were dropped, and what was spent."""
    kept = _A.status != TreatmentActionStatus.DROPPED.value
    query = select(
        func.coalesce(func.sum(case((kept, _A.cost))), 0).label("planned_cost"),
        func.coalesce(func.sum(case((kept, _A.yearly_cost))), 0).label("planned_yearly_cost"),
        func.coalesce(func.sum(_A.actual_cost), 0).label("actual_cost"),
    ).where(_A.treatment_id == treatment_id)
    return {name: int(value) for name, value in (await session.execute(query)).mappings().one().items()}


async def counts_of(session: AsyncSession, treatment_id: UUID) -> dict[str, int]:
    """How many actions of a treatment are in each state."""
    query = select(_A.status, func.count()).where(_A.treatment_id == treatment_id).group_by(_A.status)
    found: dict[str, int] = {status: int(count) for status, count in await session.execute(query)}
    return {str(status): found.get(status, 0) for status in TreatmentActionStatus}
