"""Issue a ticket, use it once, forget it."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.live.stream_tickets.models import StreamTicket
from services.gateway.live.stream_tickets.rules import TICKET_LIFE, Ticket, caller_of, kept
from services.gateway.live.stream_tickets.schemas import Wanted
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.sessions import organisation_of
from shared.identity.callers import Caller
from shared.problems import NotFound

_T = table_of(StreamTicket)


async def issue(session: AsyncSession, *, wanted: Wanted, by: Caller, at: datetime) -> tuple[Ticket, datetime]:
    """A ticket for one stream, and until when it opens it. It is no change of anything, so nothing is announced."""
    ticket, expires_at = Ticket.new(organisation_of(session), new_id()), at + TICKET_LIFE
    session.add(
        StreamTicket(
            id=ticket.thing_id,
            org_id=ticket.org_id,
            digest=ticket.digest,
            caller=kept(by),
            wanted=wanted.model_dump(mode="json"),
            expires_at=expires_at,
        )
    )
    return ticket, expires_at


async def use(session: AsyncSession, ticket: Ticket, *, at: datetime) -> tuple[Caller, Wanted]:
    """Who opens which stream by a ticket; `NotFound` when it is none, was used, or its time is over."""
    query = update(_T).where(_T.c.id == ticket.thing_id, _T.c.used_at.is_(None), _T.c.expires_at > at)
    found = await session.execute(query.values(used_at=at).returning(_T.c.digest, _T.c.caller, _T.c.wanted))
    row = found.one_or_none()
    if row is None or not ticket.opens(row.digest):
        raise NotFound("This address opens no stream, or has opened one: fetch another ticket.")
    return caller_of(ticket.org_id, row.caller), Wanted.model_validate(row.wanted)


async def forget_old_tickets(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Delete tickets that open nothing any more; how many."""
    old = select(_T.c.id).where(_T.c.expires_at < as_of).limit(limit)
    done = cast("CursorResult[UUID]", await session.execute(delete(_T).where(_T.c.id.in_(old))))
    return done.rowcount
