from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import literal_column, select

from services.risk.quantification.loss_results.models import LossResult
from services.risk.quantification.loss_scenarios.models import LossScenario, LossScenarioStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One, json_object
from shared.http.fields import Search, UpdatedSince

_S = table_of(LossScenario).c
_R = table_of(LossResult).c

_LATEST = (
    select(
        json_object(
            id=_R.id,
            simulation_id=_R.simulation_id,
            estimate_number=_R.estimate_number,
            mean=_R.figures.op("->")(literal_column("'mean'")),
            simulated_at=_R.created_at,
            stale=_R.estimate_number != _S.estimate_number,
        )
    )
    .where(_R.scenario_id == _S.id)
    .order_by(_R.id.desc())
    .limit(1)
    .scalar_subquery()
)
_SCENARIO = select(
    _S.id,
    _S.risk_id,
    _S.title,
    _S.currency,
    _S.estimate,
    _S.rationale,
    _S.estimate_number,
    _S.estimated_by,
    _S.estimated_at,
    _S.expectation,
    _S.cautions,
    _S.status,
    _LATEST.label("latest_result"),
    _S.version,
    _S.created_at,
    _S.updated_at,
)

loss_scenario = One("loss scenario", _SCENARIO, by=_S.id)


class LossScenarioQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    risk_id: UUID | None = None
    status: LossScenarioStatus | None = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


loss_scenarios = Listing(_SCENARIO, id=_S.id, query=LossScenarioQuery)
