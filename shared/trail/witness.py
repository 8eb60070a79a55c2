"""Witnesses: the heads of each trail, kept by the services that it does not belong to.

A chain that is rewritten as a whole, head and all, holds in itself. So each service announces its head now and then,
and the others keep it and say it again when they announce theirs: what was witnessed comes back from outside for as
long as anyone announces anything. An announcement is itself an event of the trail and moves its head by one; a head
that has come no further is not announced, so that announcing comes to an end (docs/decisions/0017).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import new_id
from shared.data.sessions import organisation_of
from shared.data.tables import trail_heads, witnessed_heads
from shared.data.transactions import Written
from shared.events.catalogue.trail import SEALED, SeenHead, TrailSealed
from shared.events.event import Handler, Heard
from shared.events.trail import announce
from shared.identity.callers import SYSTEM
from shared.schedule import Sweep, sweep
from shared.trail.settings import trail_settings

_H = trail_heads.c
_W = witnessed_heads.c


def witnessing(service: str) -> Sweep:
    """The sweep by which a service announces how far its trails are sealed."""

    async def announce_sealed_trail(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
        """Announce the organisation's head, unless the last announcement is all that has moved it since."""
        return await _announce_head(session, service, at=as_of) if limit else 0

    def moved(as_of: datetime) -> Select[tuple[UUID]]:
        before = as_of - timedelta(seconds=trail_settings().witness_seconds)
        last = _announced(service).where(_W.org_id == _H.org_id).limit(1).lateral("last")
        return (
            select(_H.org_id)
            .outerjoin(last, literal(True))
            .where(_H.position > func.coalesce(last.c.position + 1, 0))
            .where(
                or_(
                    last.c.heard_at.is_(None),
                    last.c.heard_at <= before,
                )
            )
        )

    return sweep(due=moved)(announce_sealed_trail)


def witness(service: str) -> Handler:
    """The handler by which a service keeps what the others announce of their trails, and have seen of its own."""

    async def keep_heads_of_other_trails(session: AsyncSession, heard: Heard[TrailSealed]) -> None:
        announcer = heard.event.announcer()
        await _keep(session, announcer, heard.event.position, heard.event.digest, witness=service, at=heard.occurred_at)
        for seen in heard.event.seen:
            if seen.service == service:
                await _keep(session, service, seen.position, seen.digest, witness=announcer, at=heard.occurred_at)

    return Handler(tuple(kind for name, kind in SEALED.items() if name != service), keep_heads_of_other_trails)


async def _announce_head(session: AsyncSession, service: str, *, at: datetime) -> int:
    org_id = organisation_of(session)
    head = (await session.execute(select(_H.position, _H.digest).where(_H.org_id == org_id))).one_or_none()
    last = (await session.execute(_announced(service).where(_W.org_id == org_id).limit(1))).one_or_none()
    if head is None or (last is not None and head.position <= last.position + 1):
        return 0
    if not await _keep(session, service, head.position, head.digest.hex(), witness=service, at=at):
        return 0  # another has just announced it
    latest = (
        select(_W.service, _W.position, func.encode(_W.digest, "hex").label("digest"))
        .distinct(_W.service)
        .where(_W.witness == service, _W.service != service)
        .order_by(_W.service, _W.position.desc())
    )
    seen = [SeenHead(**row) for row in (await session.execute(latest)).mappings()]
    event = SEALED[service](position=head.position, digest=head.digest.hex(), seen=seen)
    announce(session, event, about=Written(org_id, head.position), by=SYSTEM, at=at)
    return 1


def _announced(service: str) -> Select[Any]:
    """The heads of its own that a service has announced, the last first."""
    mine = select(_W.position, _W.heard_at).where(_W.service == service, _W.witness == service)
    return mine.order_by(_W.position.desc())


async def _keep(session: AsyncSession, service: str, position: int, digest: str, *, witness: str, at: datetime) -> bool:
    """Keep a head; False when it was kept before. Another digest at the same position is kept beside it."""
    row = {
        "id": new_id(),
        "org_id": organisation_of(session),
        "service": service,
        "witness": witness,
        "position": position,
        "digest": bytes.fromhex(digest),
        "heard_at": at,
    }
    kept = insert(witnessed_heads).values(row).on_conflict_do_nothing().returning(_W.id)
    return await session.scalar(kept) is not None
