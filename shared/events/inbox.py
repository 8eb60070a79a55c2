"""The inbox: an event is recorded as heard in the transaction of its effect, or not at all."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import new_id, now
from shared.data.tables import dead_letters, inbox
from shared.events.event import CATALOGUE, Event, Handler, Heard
from shared.events.trail import because_of, has_announced
from shared.identity.callers import PLATFORM
from shared.platform import Platform
from shared.problems import Malformed
from shared.telemetry import latency


def read(body: bytes) -> Heard[Event]:
    """A CloudEvents message as a handler gets it; `Malformed` when it is none of ours."""
    try:
        envelope = json.loads(body)
        kind = CATALOGUE[envelope["type"]]
        return Heard(
            id=UUID(envelope["id"]),
            org_id=UUID(envelope["orgid"]),
            subject=UUID(envelope["subject"]),
            version=int(envelope["version"]),
            occurred_at=datetime.fromisoformat(envelope["time"]),
            actor=str(envelope["actor"]),
            event=kind.model_validate(envelope["data"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed(f"not an event of ours: {type(error).__name__}: {error}") from error


async def receive(platform: Platform, handlers: Sequence[Handler], heard: Heard[Event]) -> None:
    """Give the event to its handlers, in one transaction with the inbox row. Again is nothing."""
    async with platform.database.transaction(heard.org_id) as session:
        first = await handle_once(session, handlers, heard)
    if first:
        latency.record((now() - heard.occurred_at).total_seconds(), {"type": heard.event.name})
    if has_announced(session):
        platform.bell.ring()


async def handle_once(session: AsyncSession, handlers: Sequence[Handler], heard: Heard[Event]) -> bool:
    """Record the event as heard and let it have its effect; False when it was heard before."""
    row = {"event_id": heard.id, "org_id": heard.org_id, "type": heard.event.name, "handled_at": now()}
    statement = insert(inbox).values(row).on_conflict_do_nothing().returning(inbox.c.event_id)
    if await session.scalar(statement) is None:
        return False
    with because_of(heard.id):
        for handler in handlers:
            if isinstance(heard.event, handler.events):
                await handler.handle(session, heard)
    return True


async def bury(platform: Platform, subject: str, body: bytes, reason: str, deliveries: int, at: datetime) -> None:
    """Keep a message that could not be handled, for a person to look at and replay. Again is nothing."""
    org_id, event_id, kind = _recognisable(body)
    row = {
        "id": new_id(),
        "org_id": org_id,
        "event_id": event_id,
        "type": kind,
        "subject": subject,
        "body": body.decode(errors="replace").replace("\x00", "\ufffd"),
        "reason": reason[:2000],
        "deliveries": deliveries,
        "version": 1,
        "buried_at": at,
    }
    async with platform.database.transaction(org_id) as session:
        await session.execute(insert(dead_letters).values(row).on_conflict_do_nothing())


def _recognisable(body: bytes) -> tuple[UUID, UUID | None, str | None]:
    """Whose it is, as far as it can be told; what nobody owns goes to the operators."""
    org_id, event_id, kind = PLATFORM, None, None
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        envelope: dict[str, Any] = json.loads(body)
        kind = str(envelope["type"])
        event_id = UUID(envelope["id"])
        org_id = UUID(envelope["orgid"])
    return org_id, event_id, kind
