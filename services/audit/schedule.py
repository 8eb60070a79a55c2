"""What is due by the clock: failures still there when an engagement begins, overdue requests, files to assemble."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.phase_moves.actions import complete_overdue
from services.audit.conduct.phase_moves.queries import to_complete
from services.audit.engagements.candidates.models import Candidate, CandidateStatus
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import OPEN
from services.audit.engagements.examinations.actions import examine
from services.audit.engagements.facts.models import KnownControl
from services.audit.filing.engagement_files.queries import firms_to_file
from services.audit.filing.file_archives.actions import begin_files
from services.audit.reporting.report_endings.actions import warn_of_endings
from services.audit.reporting.report_endings.queries import with_endings
from services.audit.requests.request_releases.actions import announce_overdue
from services.audit.requests.requests.queries import overdue
from shared.data.base import table_of
from shared.data.records import one_at_a_time
from shared.data.transactions import Touch
from shared.identity.callers import SYSTEM
from shared.schedule import sweep

_E = table_of(Engagement).c
_K = table_of(KnownControl).c
_X = table_of(Candidate).c


def _organisations(as_of: datetime) -> Select[Any]:
    return unrecorded(as_of).with_only_columns(_K.org_id).distinct()


@sweep(due=_organisations)
async def raise_candidates_for_failures_still_there(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """The day has come, and a control in scope has been failing since before it."""
    failing: list[UUID] = list(await session.scalars(unrecorded(as_of).distinct().limit(limit)))
    await one_at_a_time(session, *failing)
    return await examine(session, dict.fromkeys(failing, Touch(as_of, SYSTEM, reason=None, cause=None)))


@sweep(due=firms_to_file)
async def file_completed_engagements(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """An engagement was completed: the firm's file of it is assembled."""
    return await begin_files(session, as_of=as_of, limit=limit)


@sweep(due=with_endings)
async def warn_of_reports_that_end(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Readers will soon take a report as out of date: 60 and 30 days ahead, unless the next one is issued."""
    return await warn_of_endings(session, as_of=as_of, limit=limit)


def _organisations_to_complete(as_of: datetime) -> Select[Any]:
    return select(_E.org_id).where(*to_complete(as_of)).distinct()


@sweep(due=_organisations_to_complete)
async def complete_engagements(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """The file of an engagement is assembled 60 days after its report was released: the firm's reading ends then."""
    return await complete_overdue(session, as_of=as_of, limit=limit)


@sweep(due=overdue)
async def announce_overdue_requests(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """The day on which a request was due has passed without an answer."""
    return await announce_overdue(session, as_of=as_of, limit=limit)


def unrecorded(as_of: datetime) -> Select[Any]:
    """Controls that fail in the time an open engagement speaks of, without a candidate: `counts`, as SQL."""
    today = literal(as_of.astimezone(UTC).date())
    first = func.coalesce(_E.as_of_date, _E.period_start)
    after = func.timezone("UTC", cast(func.coalesce(_E.as_of_date, _E.period_end) + 1, DateTime()))
    recorded = select(_X.id).where(
        _X.engagement_id == _E.id, _X.control_id == _K.id, _X.status == CandidateStatus.RAISED
    )
    return (
        select(_K.id)
        .join_from(table_of(KnownControl), table_of(Engagement), _E.org_id == _K.org_id)
        .where(
            _K.failing_since.is_not(None),
            _K.id == _E.control_ids.any_(),
            _E.phase.in_(OPEN),
            first <= today,
            _K.failing_since < after,
            ~recorded.exists(),
        )
    )
