from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import ENDED
from services.audit.planning.audit_calendar_feeds.rules import DueDay
from services.audit.planning.milestones.models import Milestone, MilestoneStatus
from services.audit.requests.requests.models import Request, RequestStatus
from shared.calendars.writing import MOST_ENTRIES, SHOWN_AHEAD, SHOWN_BACK, CalendarEntry
from shared.data.base import table_of
from shared.data.sessions import organisation_of
from shared.data.tables import known_people

_E, _M, _R = table_of(Engagement).c, table_of(Milestone).c, table_of(Request).c


async def due_days(session: AsyncSession, owner_id: UUID | None, *, as_of: datetime) -> list[CalendarEntry]:
    """What is due around an instant in the organisation's engagements: of one person, or everybody's."""
    found = [
        *await session.execute(_around(_milestones(), _M.due_on, _M.owner_id, owner_id, as_of=as_of)),
        *await session.execute(
            _around(_requests(organisation_of(session)), _R.due_on, _R.owner_id, owner_id, as_of=as_of)
        ),
    ]
    today = as_of.astimezone(UTC).date()
    return [DueDay(*row).in_calendar(today=today) for row in found]


def _milestones() -> Select[Any]:
    owner = select(known_people.c.name).where(known_people.c.id == _M.owner_id).scalar_subquery()
    over = case((_E.phase.in_(sorted(ENDED)) & (_M.status == MilestoneStatus.OPEN), MilestoneStatus.WITHDRAWN.value))
    status = func.coalesce(over, _M.status, type_=String())  # an engagement that ended asks for nothing any longer
    of_engagement = table_of(Milestone).join(table_of(Engagement), _E.id == _M.engagement_id)
    return select(_M.id, _M.title, _E.title, owner, status, _M.due_on, _M.version, _M.updated_at).select_from(
        of_engagement
    )


def _requests(client_id: UUID) -> Select[Any]:
    """Requests that were released to the organisation; the firm's drafts are its own, also where it is its own firm."""
    over = case(
        (
            _E.phase.in_(sorted(ENDED)) & _R.status.in_([RequestStatus.OPEN, RequestStatus.RETURNED]),
            RequestStatus.CANCELLED.value,
        )
    )
    status = func.coalesce(over, _R.status, type_=String())
    title = _R.code + " " + _R.title
    of_engagement = table_of(Request).join(table_of(Engagement), _E.id == _R.engagement_id)
    return (
        select(_R.id, title, _E.title, _R.owner_name, status, _R.due_on, _R.version, _R.updated_at)
        .select_from(of_engagement)
        .where(_R.client_id == client_id, _R.released_at.is_not(None))
    )


def _around(
    query: Select[Any],
    due_on: ColumnElement[Any],
    owner: ColumnElement[Any],
    owner_id: UUID | None,
    *,
    as_of: datetime,
) -> Select[Any]:
    theirs = [] if owner_id is None else [owner == owner_id]
    days = due_on.between((as_of - SHOWN_BACK).date(), (as_of + SHOWN_AHEAD).date())
    return query.where(days, *theirs).order_by(due_on.desc()).limit(MOST_ENTRIES)
