from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.indicators.indicators.models import Metric
from services.risk.indicators.known_collections.models import KnownCollection
from services.risk.indicators.known_findings.models import KnownFinding
from services.risk.indicators.known_issues.models import KnownIssue
from services.risk.register.known_controls.models import KnownControl
from shared.data.base import table_of
from shared.data.bulk import among
from shared.events.catalogue.controls import HealthState

_CONTROLS = table_of(KnownControl).c
_COLLECTIONS = table_of(KnownCollection).c
_ISSUES = table_of(KnownIssue).c
_FINDINGS = table_of(KnownFinding).c


async def counted(session: AsyncSession, metric: Metric, control_ids: Collection[UUID]) -> int:
    """How many there are now, of all controls or of those given."""
    conditions = _conditions(metric)
    if control_ids:
        conditions.append(_about(metric, control_ids))
    number: int = await session.scalar(select(func.count()).where(*conditions)) or 0
    return number


def _conditions(metric: Metric) -> list[ColumnElement[bool]]:
    match metric:
        case Metric.FAILING_CONTROLS:
            return [_CONTROLS.health == HealthState.FAILING.value, _CONTROLS.retired.is_(False)]
        case Metric.OVERDUE_COLLECTIONS:
            return [_COLLECTIONS.open, _COLLECTIONS.overdue]
        case Metric.OPEN_ISSUES:
            return [_ISSUES.open]
        case Metric.OPEN_FINDINGS:
            return [_FINDINGS.open]


def _about(metric: Metric, control_ids: Collection[UUID]) -> ColumnElement[bool]:
    match metric:
        case Metric.FAILING_CONTROLS:
            return among(_CONTROLS.id, control_ids)
        case Metric.OVERDUE_COLLECTIONS:
            return among(_COLLECTIONS.control_id, control_ids)
        case Metric.OPEN_ISSUES:
            return _ISSUES.control_ids.op("&&", is_comparison=True)(literal(list(control_ids), ARRAY(Uuid())))
        case Metric.OPEN_FINDINGS:
            return among(_FINDINGS.control_id, control_ids)
