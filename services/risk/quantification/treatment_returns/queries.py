from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Integer, Uuid, exists, func, literal_column, or_, select

from services.risk.quantification.engines.queries import is_reproducible, why_not_reproducible
from services.risk.quantification.loss_scenarios.models import LossScenario, LossScenarioStatus
from services.risk.quantification.treatment_returns.models import TreatmentReturn
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_T = table_of(TreatmentReturn).c
_S = table_of(LossScenario).c

_CHANGE = func.jsonb_array_elements(_T.changes).table_valued("value", name="change").render_derived()
_SCENARIO_ID = _CHANGE.c.value.op("->>")(literal_column("'scenario_id'")).cast(Uuid())
_NUMBER = _CHANGE.c.value.op("->>")(literal_column("'estimate_number'")).cast(Integer())
_STALE = exists(
    select(literal_column("1"))
    .select_from(_CHANGE)
    .join(table_of(LossScenario), _S.id == _SCENARIO_ID)
    .where(or_(_S.estimate_number != _NUMBER, _S.status == LossScenarioStatus.RETIRED.value))
    .correlate(table_of(TreatmentReturn))
)

_RETURN = select(
    _T.id,
    _T.title,
    _T.currency,
    _T.yearly_cost,
    _T.trials,
    _T.seed,
    _T.scenario_ids,
    _T.changes,
    _T.expectation,
    _T.figures,
    _T.engine,
    _T.numpy_version,
    _T.bit_generator,
    is_reproducible(_T).label("reproducible"),
    why_not_reproducible(_T).label("not_reproducible_because"),
    _STALE.label("stale"),
    _T.compared_by,
    _T.version,
    _T.created_at,
    _T.updated_at,
)

treatment_return = One("treatment return", _RETURN, by=_T.id)


class TreatmentReturnQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    scenario_id: Annotated[UUID | None, Where(lambda value: value == func.any(_T.scenario_ids))] = Field(
        default=None, description="Those that change the estimate of a scenario"
    )
    stale: bool | None = None
    updated_since: UpdatedSince = None


treatment_returns = Listing(_RETURN, id=_T.id, query=TreatmentReturnQuery)
