"""What happens by the clock: what was delivered or asked long ago is forgotten, and vulnerabilities come due."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.receiving.deliveries import queries as received
from services.integrations.results.vulnerability_findings import actions as findings
from services.integrations.results.vulnerability_findings.queries import unannounced_overdue
from services.integrations.sending.webhook_deliveries import queries as sent
from services.integrations.ticketing.tickets import queries as asked
from shared.schedule import sweep

_SENT_KEPT = _ASKED_KEPT = timedelta(days=30)
# With a delivery goes what tells a repetition of it: most senders sign no time, so it is kept for months, not minutes.
_RECEIVED_KEPT = timedelta(days=90)


def _with_old_messages(as_of: datetime) -> Select[Any]:
    return sent.older_than(as_of - _SENT_KEPT)


def _with_old_deliveries(as_of: datetime) -> Select[Any]:
    return received.older_than(as_of - _RECEIVED_KEPT)


def _with_overdue_vulnerabilities(as_of: datetime) -> Select[Any]:
    return unannounced_overdue(as_of).distinct()


@sweep(due=_with_overdue_vulnerabilities)
async def announce_overdue_vulnerabilities(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which vulnerabilities were not fixed by their due date, each once for a date."""
    return await findings.announce_overdue(session, as_of=as_of, limit=limit)


@sweep(due=_with_old_messages, turn=1000)
async def forget_old_webhooks(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget deliveries, their messages and attempts 30 days after they were heard, whatever became of them."""
    return await sent.forget(session, before=as_of - _SENT_KEPT, limit=limit)


@sweep(due=_with_old_deliveries, turn=1000)
async def forget_old_deliveries(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget what sources delivered 90 days after it came, whatever became of it; the facts in it stay."""
    return await received.forget(session, before=as_of - _RECEIVED_KEPT, limit=limit)


def _with_old_ticket_calls(as_of: datetime) -> Select[Any]:
    return asked.with_calls_before(as_of - _ASKED_KEPT)


@sweep(due=_with_old_ticket_calls, turn=1000)
async def forget_old_ticket_calls(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget requests about tickets 30 days after they were made."""
    return await asked.forget_calls(session, before=as_of - _ASKED_KEPT, limit=limit)
