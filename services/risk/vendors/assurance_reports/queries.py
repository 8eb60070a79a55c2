from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Select, bindparam, select
from sqlalchemy import literal as value_of
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.risk.days import AsOfDay, AsOfDayQuery, day_of
from services.risk.vendors.assurance_reports.models import AssuranceKind, AssuranceReport, AssuranceStatus, Reliance
from services.risk.vendors.vendors.models import Vendor
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(AssuranceReport).c
_V = table_of(Vendor).c

_REPORT = select(
    _C.id,
    _C.vendor_id,
    _V.name.label("vendor_name"),
    _C.kind,
    _C.report_type,
    _C.title,
    _C.auditor,
    _C.system,
    _C.categories,
    _C.period_start,
    _C.period_end,
    _C.stale_on,
    (_C.stale_on <= bindparam("as_of", type_=Date())).label("stale"),
    _C.evidence_id,
    _C.subject_matters,
    _C.exceptions,
    _C.subservice_organisations,
    _C.bridge_letters,
    _C.checklist,
    _C.supersedes,
    _C.status,
    _C.reliance,
    _C.conclusion,
    _C.reviewed_by,
    _C.reviewed_at,
    _C.filed_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
).join(table_of(Vendor), _V.id == _C.vendor_id)

report = One("assurance report", _REPORT, by=_C.id, query=AsOfDayQuery)


class AssuranceReportQuery(ListQuery):
    sort: Literal["period_end", "-period_end", "created_at", "-created_at", "updated_at", "-updated_at"] = "-period_end"
    vendor_id: UUID | None = None
    kind: AssuranceKind | None = None
    status: AssuranceStatus | None = None
    reliance: Reliance | None = None
    stale: bool | None = None
    as_of: AsOfDay = Field(description="Stale as of this day in UTC; today when left out")
    q: Annotated[Search | None, Mentions("title", "auditor")] = Field(default=None, description="In title and auditor")
    updated_since: UpdatedSince = None


reports = Listing(_REPORT, id=_C.id, query=AssuranceReportQuery)

_LIVE = _C.status != AssuranceStatus.SUPERSEDED.value


def unannounced_stale(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisations of reports that went stale, as nobody has been told of that day yet."""
    stale = _C.stale_on <= value_of(day_of(as_of))
    return select(_C.org_id).where(_LIVE, stale, _C.stale_told_for.is_distinct_from(_C.stale_on))


async def reports_of(session: AsyncSession, vendor_ids: list[UUID]) -> list[AssuranceReport]:
    """The reports of vendors, those of the latest period first."""
    query = select_rows(AssuranceReport).where(among(_C.vendor_id, vendor_ids))
    return list((await session.scalars(query.order_by(_C.period_end.desc(), _C.id.desc()))).all())
