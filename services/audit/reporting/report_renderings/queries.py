"""The files of reports, part by part."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.report_renderings.models import ReportFile, ReportForm, report_file_parts
from shared.data.base import table_of

_F, _P = table_of(ReportFile).c, report_file_parts.c


async def file_of(session: AsyncSession, report_id: UUID, form: ReportForm) -> ReportFile | None:
    """A report in a form, if it was rendered and the transaction's organisation may see it."""
    query = select(ReportFile).where(_F.report_id == report_id, _F.form == form.value)
    return (await session.scalars(query)).one_or_none()


async def part_of(session: AsyncSession, report_id: UUID, form: ReportForm, number: int) -> bytes | None:
    """The part of a file with this number, counted from 0; None behind the last."""
    where = (_P.report_id == report_id, _P.form == form.value, _P.number == number)
    part: bytes | None = await session.scalar(select(_P.content).where(*where))
    return part
