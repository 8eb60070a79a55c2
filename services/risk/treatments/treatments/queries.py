from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    Date,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.risk.days import AsOfDay, AsOfDayQuery
from services.risk.quantification.loss_scenarios.models import LossScenario
from services.risk.quantification.treatment_returns.models import TreatmentReturn
from services.risk.register.known_controls.queries import as_known, frozen_as_shown
from services.risk.register.risks.models import Risk
from services.risk.treatments.treatments.models import PENDING, Strategy, Treatment, TreatmentStatus
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.data.records import lock_rows
from shared.data.scopes import is_shown, not_to_auditors
from shared.http.fields import PersonRef, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(Treatment).c
_R = table_of(Risk).c
_TO_BE_DONE = sorted({TreatmentStatus.APPROVED, TreatmentStatus.IN_PROGRESS})
_ENDED = sorted({TreatmentStatus.CLOSED, TreatmentStatus.CANCELLED})

_LATE = and_(among(_C.status, _TO_BE_DONE), _C.due_on < bindparam("as_of", type_=Date()))
_CONTROL = func.jsonb_array_elements(_C.controls).table_valued("value", name="control").render_derived()
_CONTROL_ID = _CONTROL.c.value.op("->>")(literal_column("'control_id'")).cast(Uuid())

_TREATMENT = select(
    _C.id,
    _C.risk_id,
    _C.risk_code,
    _C.title,
    _C.strategy,
    _C.rationale,
    _C.status,
    named(_C.owner_id).label("owner"),
    _C.due_on,
    func.coalesce(_LATE, false()).label("overdue"),
    case((_C.target_impact.is_not(None), json_object(likelihood=_C.target_likelihood, impact=_C.target_impact))).label(
        "target"
    ),
    as_known(_C.controls, table_of(Treatment)).label("controls"),
    not_to_auditors(_C.return_id).label("return_id"),
    _C.currency,
    _C.planned_cost,
    _C.planned_yearly_cost,
    _C.actual_cost,
    _C.action_counts,
    _C.round,
    frozen_as_shown(_C.frozen, table_of(Treatment), key="id").label("frozen"),
    _C.level,
    _C.approvers_needed,
    _C.approver_roles,
    _C.proposed_by,
    _C.proposed_at,
    _C.decisions,
    _C.approved_at,
    _C.started_at,
    _C.done_by,
    _C.done_at,
    _C.done_note,
    _C.verified_by,
    _C.verified_at,
    _C.verification_note,
    _C.evidence_ids,
    _C.ended_by,
    _C.ended_at,
    _C.end_reason,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

treatment = One("treatment", _TREATMENT, by=_C.id, query=AsOfDayQuery)


class TreatmentQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    risk_id: UUID | None = None
    status: TreatmentStatus | None = None
    strategy: Strategy | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    control_id: Annotated[
        UUID | None,
        Where(lambda value: exists().select_from(_CONTROL).where(value == _CONTROL_ID, is_shown(_CONTROL_ID))),
    ] = Field(default=None, description="A control that it implements")
    overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    updated_since: UpdatedSince = None


treatments = Listing(_TREATMENT, id=_C.id, query=TreatmentQuery)

_TITLE = _C.risk_code + " " + _C.title
owned = rows_of(id=_C.id, title=_TITLE, person=_C.owner_id, where=_C.owner_id.is_not(None) & ~among(_C.status, _ENDED))
# Who decides is the risk's owner of now: the duty goes with the risk.
to_decide = rows_of(
    id=_C.id,
    title=_TITLE,
    person=_R.owner_id,
    where=(_C.status == TreatmentStatus.PROPOSED.value) & (_R.id == _C.risk_id),
)


def due(as_of: datetime) -> Select[Any]:
    """The organisations with treatments of which the clock has something to say."""
    return select(_C.org_id).where(_C.due_at <= as_of)


async def simulates(session: AsyncSession, return_id: UUID, risk_id: UUID) -> bool:
    """Whether a treatment return changes the estimate of a loss scenario of a risk."""
    returns, scenarios = table_of(TreatmentReturn).c, table_of(LossScenario).c
    query = exists(literal_column("1")).where(
        returns.id == return_id, scenarios.risk_id == risk_id, scenarios.id == any_(returns.scenario_ids)
    )
    return bool(await session.scalar(select(query)))


async def plans_of(session: AsyncSession, risk_ids: Collection[UUID]) -> list[Any]:
    """The treatments of risks that were approved: risk, id, state and strategy of each.

    Those under way come in the order of their approval, then those that have ended in the order of their ends.
    """
    query = (
        select(_C.risk_id, _C.id, _C.status, _C.strategy)
        .where(among(_C.risk_id, risk_ids), _C.approved_at.is_not(None))
        .order_by(_C.ended_at.nulls_first(), _C.approved_at, _C.id)
    )
    return [*(await session.execute(query))]


async def locked_pending(session: AsyncSession, risk_ids: Collection[UUID]) -> list[Treatment]:
    """The treatments of risks that are drafts or proposals, locked, in the order of ids."""
    query = select(Treatment).where(among(_C.risk_id, risk_ids), among(_C.status, sorted(PENDING)))
    return [*await lock_rows(session, query.order_by(col(Treatment.id)))]
