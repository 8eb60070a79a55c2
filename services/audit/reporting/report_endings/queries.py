from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Interval, Select, cast, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.report_assemblies.rules import SOC
from services.audit.reporting.report_endings.rules import DAYS_AHEAD
from shared.data.base import table_of
from shared.data.records import lock_free

_R = table_of(AuditReport).c
_LATER = table_of(AuditReport).alias("later").c
CURRENT_UNTIL = cast(_R.covers_until + cast(literal("1 year"), Interval), Date)


def with_endings(as_of: datetime) -> Select[Any]:
    """The auditing parties with a report whose warning is due."""
    return select(_R.org_id).where(*_due(as_of)).distinct()


async def reports_ending(session: AsyncSession, as_of: datetime, limit: int) -> Sequence[tuple[AuditReport, date]]:
    """Reports whose warning is due, locked, each with the last day on which it is current."""
    rows = await lock_free(session, select_rows(AuditReport).where(*_due(as_of)).order_by(_R.id).limit(limit))
    days = await session.execute(select(_R.id, CURRENT_UNTIL).where(_R.id.in_([row.id for row in rows])))
    until: dict[Any, date] = {row[0]: row[1] for row in days}
    return [(row, until[row.id]) for row in rows]


def _due(as_of: datetime) -> tuple[ColumnElement[bool], ...]:
    """Issued SOC reports that no later one of the same kind for the same client follows."""
    today = as_of.astimezone(UTC).date()
    followed = exists().where(
        _LATER.org_id == _R.org_id,
        _LATER.client_id == _R.client_id,
        _LATER.kind == _R.kind,
        _LATER.status == ReportStatus.ISSUED.value,
        _LATER.covers_until > _R.covers_until,
    )
    unwarned = [
        (today + timedelta(days=days) >= CURRENT_UNTIL) & or_(_R.warned_days.is_(None), _R.warned_days > days)
        for days in DAYS_AHEAD
    ]
    return (
        _R.status == ReportStatus.ISSUED.value,
        _R.kind.in_([kind.value for kind in SOC]),
        today <= CURRENT_UNTIL,
        or_(*unwarned),
        ~followed,
    )
