"""What happens by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.live.stream_events import actions as stream_events
from services.gateway.live.stream_events.queries import organisations_with_old_events
from services.gateway.live.stream_tickets import actions as stream_tickets
from services.gateway.live.stream_tickets.queries import organisations_with_old_tickets
from services.gateway.organisations.departures import actions as departures
from services.gateway.organisations.departures.queries import organisations_with_clients_to_stop
from services.gateway.sign_in.failed_sign_ins import actions as failed_sign_ins
from services.gateway.sign_in.failed_sign_ins.queries import organisations_with_old_failures
from services.gateway.views.posture import actions as posture
from services.gateway.views.posture.queries import organisations_to_count
from shared.schedule import sweep


@sweep(due=organisations_with_old_failures)
async def forget_old_failed_sign_ins(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget pairs of client and address that have not failed for a while: rows without consequence, all at once."""
    return min(await failed_sign_ins.forget_old_failures(session, as_of=as_of), limit - 1)


@sweep(due=organisations_with_clients_to_stop)
async def stop_clients_of_leavers(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Revoke the API clients whose responsible person left a week ago and that nobody took over."""
    return await departures.stop_clients_of_leavers(session, as_of=as_of, limit=limit)


@sweep(due=organisations_to_count)
async def keep_numbers_of_the_day(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Keep how the organisation stands today, for the series of the posture: one row, whatever the limit."""
    return min(await posture.keep_numbers(session, as_of=as_of), limit - 1)


@sweep(due=organisations_with_old_events, turn=5000)
async def forget_old_stream_events(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget what event streams are told from no longer."""
    return await stream_events.forget_old_events(session, as_of=as_of, limit=limit)


@sweep(due=organisations_with_old_tickets, turn=5000)
async def forget_old_stream_tickets(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Delete tickets that open no stream any more."""
    return await stream_tickets.forget_old_tickets(session, as_of=as_of, limit=limit)
