from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, Interval, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select as select_rows

from services.audit.engagements.engagements.models import Engagement
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.report_assemblies.schemas import ReportKind
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.data.records import lock_rows
from shared.http.fields import Day, UpdatedSince

_R = table_of(AuditReport).c
_DRAFTS = or_(_R.status == ReportStatus.DRAFT.value, _R.status == ReportStatus.MANAGEMENT_REVIEW.value)
_CURRENT_UNTIL = case(
    (_R.status == ReportStatus.ISSUED.value, cast(_R.covers_until + cast(literal("1 year"), Interval), Date))
)

_REPORT = select(
    _R.id,
    _R.engagement_id,
    _R.kind,
    _R.number,
    _R.title,
    _R.covers_from,
    _R.covers_until,
    _R.report_date,
    _R.content_sha256,
    _R.warnings,
    _R.status,
    _R.revises_id,
    _R.revision_reason,
    _R.released_at,
    func.coalesce(and_(_R.rendered_content == _R.content_sha256, _R.rendered_as_draft == _DRAFTS), False).label(
        "rendered"
    ),
    _R.rendered_at,
    _R.approved_by,
    _R.approved_at,
    _R.issued_by,
    _R.issued_at,
    _R.released_on,
    _R.sha256,
    _CURRENT_UNTIL.label("current_until"),
    _R.ended_at,
    _R.end_reason,
    _R.version,
    _R.created_at,
    _R.updated_at,
)

report = One("audit report", _REPORT, by=_R.id)
content = One("audit report", select(_R.id, _R.content_sha256, _R.content, _R.version), by=_R.id)


class ReportQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "covers_until", "-covers_until"] = (
        "-created_at"
    )
    engagement_id: UUID | None = None
    kind: ReportKind | None = None
    status: ReportStatus | None = None
    covers: Annotated[Day | None, Where(lambda day: and_(_R.covers_from <= day, _R.covers_until >= day))] = Field(
        default=None, description="Only reports that are about this day"
    )
    updated_since: UpdatedSince = None


reports = Listing(_REPORT, id=_R.id, query=ReportQuery)


async def last_number(session: AsyncSession, engagement_id: UUID, kind: ReportKind) -> int:
    """How many reports of the kind the engagement has."""
    counted = select(func.coalesce(func.max(_R.number), 0)).where(
        _R.engagement_id == engagement_id, _R.kind == kind.value
    )
    return int(await session.scalar(counted) or 0)


async def reports_under_review(session: AsyncSession, engagement_id: UUID) -> Sequence[AuditReport]:
    """The reports of an engagement that management reviews, or that are approved and not issued, locked."""
    reviewed = [ReportStatus.MANAGEMENT_REVIEW.value, ReportStatus.APPROVED.value]
    query = select_rows(AuditReport).where(_R.engagement_id == engagement_id, _R.status.in_(reviewed))
    return await lock_rows(session, query.order_by(_R.id))


async def is_reported(session: AsyncSession, engagement: Engagement) -> bool:
    """Whether the report of the engagement was issued, and another one stands where it was superseded."""
    issued = exists().where(
        _R.engagement_id == engagement.id, _R.kind == engagement.kind, _R.status == ReportStatus.ISSUED.value
    )
    return bool(await session.scalar(select(issued)))


async def issued_before(session: AsyncSession, report_row: AuditReport) -> AuditReport | None:
    """The issued report of the same kind and engagement, which the next one supersedes."""
    query = select(AuditReport).where(
        _R.engagement_id == report_row.engagement_id,
        _R.kind == report_row.kind,
        _R.status == ReportStatus.ISSUED.value,
        _R.id != report_row.id,
    )
    return (await session.scalars(query)).one_or_none()


def span_of(first: date | None, last: date | None, as_of: date | None) -> tuple[date, date]:
    """The days that a report covers."""
    begins, ends = as_of or first, as_of or last
    assert begins, "an engagement has an as-of date or a period"
    assert ends, "a period has an end"
    return begins, ends
