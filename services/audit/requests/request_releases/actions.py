"""Releasing requests, and what follows from the days on which they are due. The transactions are the firm's."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.requests.requests.actions import asking, held, own, tell
from services.audit.requests.requests.models import Request, RequestStatus
from services.audit.requests.requests.rules import WAITS_FOR_CLIENT, RequestVerb, faults_of_day
from shared.data.records import lock_by_id, lock_free
from shared.events.catalogue.requests import RequestOverdue, RequestReleased, RequestRescheduled
from shared.identity.callers import SYSTEM, Actor
from shared.problems import Conflict, Fault, Invalid, NotFound


class NotDrafts(Conflict):
    """Some of the requests are no drafts."""


async def release(
    session: AsyncSession,
    ids: Sequence[UUID],
    *,
    engagement_id: UUID,
    due_on: date | None,
    pointer: str = "/request_ids/{}",
    by: Actor,
    at: datetime,
) -> None:
    """Draft → open, all of them or none: the client is asked. Those without a day of their own are due on `due_on`.

    `NotFound` for a request of another engagement. `NotDrafts` names those that are none, `Invalid` those without a day
    or with one that has passed. `pointer` is where the input names the request of a place.
    """
    await held(session, engagement_id, "release requests of")
    rows = {row.id: row for row in await lock_by_id(session, Request, ids) if row.engagement_id == engagement_id}
    if strangers := [str(key) for key in ids if key not in rows]:
        raise NotFound(f"There is no request {', '.join(strangers)} in this engagement.")
    requests = [rows[key] for key in ids]
    if wrong := [
        Fault(pointer.format(place), request.status)
        for place, request in enumerate(requests)
        if request.status != RequestStatus.DRAFT
    ]:
        raise NotDrafts("Only drafts are released.", faults=wrong)
    days = [request.due_on or due_on for request in requests]
    faults = [
        fault
        for place, day in enumerate(days)
        for fault in faults_of_day(day, pointer.format(place), today=_day_of(at))
    ]
    if faults:
        raise Invalid("A request that is released is due on a day that has not passed.", faults=faults)
    for request, day in zip(requests, days, strict=True):
        request.status, request.released_at, request.due_on = RequestStatus.OPEN, at, day
    await tell(session, requests, RequestReleased, by=by, at=at)


async def reschedule(
    session: AsyncSession,
    request_id: UUID,
    *,
    engagement_id: UUID,
    due_on: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Have a request that waits for the client due on another day; overdue may be announced once more."""
    await asking(session, engagement_id, "reschedule requests of")
    request = await own(session, request_id, engagement_id, RequestVerb.RESCHEDULE)
    if faults := faults_of_day(due_on, "/due_on", today=_day_of(at)):
        raise Invalid("The new day has passed.", faults=faults)
    request.due_on, request.overdue_announced_at = due_on, None
    await tell(session, [request], RequestRescheduled, by=by, at=at, reason=reason)


async def announce_overdue(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce requests whose day has passed without an answer, up to `limit`, each once; how many."""
    due = select(Request).where(
        col(Request.status).in_(WAITS_FOR_CLIENT),
        col(Request.due_on) < _day_of(as_of),
        col(Request.overdue_announced_at).is_(None),
    )
    late = await lock_free(session, due.order_by(col(Request.due_on), col(Request.id)).limit(limit))
    for request in late:
        request.overdue_announced_at = as_of
    await tell(session, late, RequestOverdue, by=SYSTEM, at=as_of)
    return len(late)


def _day_of(instant: datetime) -> date:
    return instant.astimezone(UTC).date()
