from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.vendors.assurance_coverage.rules import AssuredBy, Cover, Span, gaps, within
from services.risk.vendors.assurance_coverage.schemas import AssuranceCoverageOut, CoveredDays, GapDays
from services.risk.vendors.assurance_reports.models import AssuranceReport, AssuranceType, Reliance
from services.risk.vendors.assurance_reports.queries import reports_of
from services.risk.vendors.vendors.models import Vendor
from shared.data.base import table_of
from shared.data.queries import Query
from shared.http.fields import Day
from shared.problems import Fault, Invalid, NotFound

_V = table_of(Vendor).c


class CoverageQuery(Query):
    """The period of ours, both days included."""

    period_start: Day
    period_end: Day


async def coverage(session: AsyncSession, vendor_id: UUID, asked: CoverageQuery) -> AssuranceCoverageOut:
    """Which days of a period a vendor's reports and letters cover. `NotFound`; `Invalid` for a period of no day."""
    if asked.period_end < asked.period_start:
        detail = "The period ends before it begins."
        raise Invalid(detail, faults=[Fault("query/period_end", detail)])
    if (await session.execute(select(_V.id).where(_V.id == vendor_id))).first() is None:
        raise NotFound(f"There is no vendor {vendor_id}.")
    period = Span.including(asked.period_start, asked.period_end)
    covers = within(covers_of(await reports_of(session, [vendor_id])), period)
    open_days = gaps(covers, period)
    return AssuranceCoverageOut(
        vendor_id=vendor_id,
        period_start=asked.period_start,
        period_end=asked.period_end,
        covered=[
            CoveredDays(report_id=each.report_id, by=each.by, first_day=each.span.start, last_day=each.span.last)
            for each in covers
        ],
        gaps=[GapDays(first_day=each.start, last_day=each.last, days=each.days) for each in open_days],
        complete=not open_days,
    )


def covers_of(reports: Iterable[AssuranceReport]) -> Iterator[Cover]:
    """What reviewed type 2 reports that are relied on, and letters to them, speak of."""
    for report in reports:
        relied_on = report.reliance in {Reliance.FULL, Reliance.PARTIAL}
        if not relied_on or report.report_type != AssuranceType.TYPE2 or report.period_start is None:
            continue
        yield Cover(report.id, AssuredBy.REPORT, Span.including(report.period_start, report.period_end))
        for letter in report.bridge_letters:
            first, last = (date.fromisoformat(letter[name]) for name in ("covers_from", "covers_until"))
            yield Cover(report.id, AssuredBy.BRIDGE_LETTER, Span.including(first, last))
