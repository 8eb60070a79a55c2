from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.risk.days import AsOfDay
from services.risk.oversight.vendor_conditions.models import ConditionStatus, VendorCondition
from services.risk.oversight.vendor_reviews.models import VendorReview
from services.risk.oversight.vendor_standings.rules import ReportFacts, StandingFacts, asked_of, done_in, lacks_in
from services.risk.oversight.vendor_standings.schemas import VendorStanding, VendorStandingsOut
from services.risk.questionnaires.questionnaires.models import Questionnaire, QuestionnaireStatus
from services.risk.vendors.assurance_coverage.queries import covers_of
from services.risk.vendors.assurance_reports.models import AssuranceReport, AssuranceStatus, Reliance
from services.risk.vendors.assurance_reports.queries import reports_of
from services.risk.vendors.complementary_controls.queries import counted_by_status
from services.risk.vendors.vendors.models import Vendor, VendorStatus, VendorTier
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import Query
from shared.http.fields import Code

_V = table_of(Vendor).c
_R = table_of(VendorReview).c
_O = table_of(VendorCondition).c
_Q = table_of(Questionnaire).c


class VendorStandingQuery(Query):
    """Which vendors, as of which day."""

    limit: int = Field(default=100, ge=1, le=200, description="How many vendors to answer")
    after: Code | None = Field(default=None, description="`next_after` of the answer before")
    tier: VendorTier | None = None
    as_of: AsOfDay


async def standings(session: AsyncSession, asked: VendorStandingQuery) -> VendorStandingsOut:
    """What is done about vendors and what lacks, by their codes."""
    query = select_rows(Vendor).where(_V.status != VendorStatus.OFFBOARDED.value)
    if asked.after is not None:
        query = query.where(_V.code > asked.after)
    if asked.tier is not None:
        query = query.where(_V.tier == asked.tier.value)
    found = list((await session.scalars(query.order_by(_V.code).limit(asked.limit + 1))).all())
    page = found[: asked.limit]
    shown = [
        VendorStanding(
            vendor_id=vendor.id,
            code=vendor.code,
            name=vendor.name,
            tier=facts.tier,
            status=facts.status,
            asked=asked_of(facts.tier),
            done=list(done_in(facts)),
            lacks=list(lacks_in(facts, asked.as_of)),
        )
        for vendor, facts in zip(page, await _facts_of(session, page, asked.as_of), strict=True)
    ]
    return VendorStandingsOut(
        criterion="CC9.2",
        as_of=asked.as_of,
        vendors=shown,
        without_lacks=sum(not each.lacks for each in shown),
        next_after=page[-1].code if len(found) > asked.limit else None,
    )


async def _facts_of(session: AsyncSession, vendors: Sequence[Vendor], today: date) -> list[StandingFacts]:
    ids = [vendor.id for vendor in vendors]
    closed = await _latest(session, _R.vendor_id, _R.closed_at, among(_R.vendor_id, ids))
    accepted_status = _Q.status == QuestionnaireStatus.ACCEPTED.value
    accepted = await _latest(session, _Q.vendor_id, _Q.decided_at, and_(among(_Q.vendor_id, ids), accepted_status))
    met, overdue = await _conditions(session, ids, today)
    reports: dict[UUID, list[AssuranceReport]] = defaultdict(list)
    for report in await reports_of(session, ids):
        if report.status != AssuranceStatus.SUPERSEDED:
            reports[report.vendor_id].append(report)
    live = [report.id for listed in reports.values() for report in listed]
    counts = await counted_by_status(session, live)
    return [
        StandingFacts(
            tier=VendorTier(vendor.tier),
            status=VendorStatus(vendor.status),
            approval=VendorStatus(vendor.approval) if vendor.approval else None,
            approved_on=_day(vendor.approved_at),
            review_due_on=vendor.review_due_on,
            last_review_closed_on=_day(closed.get(vendor.id)),
            conditions_met=met.get(vendor.id, 0),
            overdue_since=overdue.get(vendor.id, []),
            reports=[_report(report) for report in reports[vendor.id]],
            complementary=_of_reports(counts, {report.id for report in reports[vendor.id]}),
            questionnaire_accepted_on=_day(accepted.get(vendor.id)),
        )
        for vendor in vendors
    ]


async def _latest(session: AsyncSession, vendor_id: Any, instant: Any, condition: Any) -> dict[UUID, datetime]:
    rows = await session.execute(select(vendor_id, func.max(instant)).where(condition).group_by(vendor_id))
    return {key: latest for key, latest in rows if latest is not None}


async def _conditions(
    session: AsyncSession, ids: Sequence[UUID], today: date
) -> tuple[dict[UUID, int], dict[UUID, list[date]]]:
    """How many conditions were met, and since when the overdue ones are, by vendor."""
    is_met = case((_O.status == ConditionStatus.MET.value, 1), else_=0)
    counted = await session.execute(
        select(_O.vendor_id, func.sum(is_met)).where(among(_O.vendor_id, list(ids))).group_by(_O.vendor_id)
    )
    met = {vendor_id: int(count) for vendor_id, count in counted}
    late = and_(among(_O.vendor_id, list(ids)), _O.status == ConditionStatus.OPEN.value, _O.due_on < today)
    overdue: dict[UUID, list[date]] = defaultdict(list)
    for vendor_id, due_on in await session.execute(select(_O.vendor_id, _O.due_on).where(late)):
        overdue[vendor_id].append(due_on)
    return met, overdue


def _report(report: AssuranceReport) -> ReportFacts:
    covers = [cover.span.last for cover in covers_of([report])]
    return ReportFacts(
        title=report.title,
        reviewed_on=_day(report.reviewed_at),
        relied_on=report.reliance in {Reliance.FULL, Reliance.PARTIAL},
        stale_on=report.stale_on,
        covered_until=max([*covers, report.period_end]),
    )


def _of_reports(counts: dict[tuple[UUID, str], int], ids: Iterable[UUID]) -> dict[str, int]:
    total: dict[str, int] = defaultdict(int)
    for (report_id, status), count in counts.items():
        if report_id in ids:
            total[status] += count
    return dict(total)


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else instant.astimezone(UTC).date()
