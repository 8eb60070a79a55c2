"""The inbox: an event is recorded as heard in the transaction of its effect, or not at all."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, ValidationError
from pydantic_core import from_json
from sqlalchemy import ARRAY, DateTime, Text, Uuid, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import new_id, now
from shared.data.sessions import organisation_of
from shared.data.tables import dead_letters, inbox
from shared.data.transactions import has_announced
from shared.events.event import CATALOGUE, Batch, Event, Handler, Heard
from shared.events.trail import caused_by
from shared.identity.callers import PLATFORM, Actor, ActorKind
from shared.platform import Platform
from shared.problems import Malformed
from shared.telemetry import latency

_HEARD = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid())), bindparam("types", type_=ARRAY(Text())))
    .table_valued(column("id", Uuid()), column("type", Text()))
    .render_derived(name="heard")
)
_HEAR = (
    insert(inbox)
    .from_select(
        ["event_id", "org_id", "type", "handled_at"],
        select(
            _HEARD.c.id,
            bindparam("org_id", type_=Uuid()),
            _HEARD.c.type,
            bindparam("handled_at", type_=DateTime(timezone=True)),
        ).order_by(_HEARD.c.id, _HEARD.c.type),
    )
    .on_conflict_do_nothing()
    .returning(inbox.c.event_id, inbox.c.type)
)


class _Envelope(BaseModel):
    """The attributes of a CloudEvents message that handlers need; others are ignored."""

    id: UUID
    type: str
    subject: UUID
    version: int = Field(ge=0, lt=2**31)
    time: AwareDatetime
    orgid: UUID
    actor: ActorKind
    personid: UUID | None = None
    personname: str | None = None
    clientid: UUID | None = None
    clientname: str | None = None
    firmid: UUID | None = None
    data: dict[str, Any]


def read(address: str, body: bytes) -> Heard[Event]:
    """The event in a message that came on the NATS subject `address`.

    `Malformed` when it cannot be read, and when its type belongs on another subject: NATS lets a service publish below
    its own name only, so the subject proves who sent a message, and its body proves nothing.
    """
    try:
        envelope = _Envelope.model_validate_json(body)
        kind = CATALOGUE.get(envelope.type)
        if kind is None:
            raise Malformed(f"no event has the type {envelope.type!r}")
        if address != kind.address():
            raise Malformed(f"an event of the type {kind.name} came on the subject {address}: it may be forged")
        event = kind.model_validate(envelope.data)
    except ValidationError as error:
        raise Malformed(f"not an event of Attest: {error}") from error
    return Heard(
        id=envelope.id,
        org_id=envelope.orgid,
        subject=envelope.subject,
        version=envelope.version,
        occurred_at=envelope.time,
        actor=Actor(
            envelope.actor,
            envelope.personid,
            envelope.personname,
            envelope.clientid,
            envelope.clientname,
            envelope.firmid,
        ),
        event=event,
    )


async def receive(platform: Platform, handlers: Sequence[Handler], heard: Sequence[Heard[Event]]) -> None:
    """Give events of one organisation to their handlers, in one transaction with the inbox rows. Again is nothing."""
    async with platform.database.transaction(heard[0].org_id) as session:
        first = await handle_once(session, handlers, heard)
    arrived = now()
    for message in first:
        latency.record((arrived - message.occurred_at).total_seconds(), {"type": message.event.name})
    if has_announced(session):
        platform.bell.ring()


async def handle_once(
    session: AsyncSession, handlers: Sequence[Handler], heard: Sequence[Heard[Event]]
) -> list[Heard[Event]]:
    """Record events as heard and let them have their effect; those that were not heard before.

    More than one are for handlers that take them in one call.
    """
    new = {(row.event_id, row.type) for row in await session.execute(_HEAR, _rows(session, heard))}
    first = [message for message in heard if (message.id, message.event.name) in new]
    for handler in handlers:
        mine = [message for message in first if isinstance(message.event, handler.events)]
        if handler.batch is not Batch.ONE and mine:
            await handler.handle(session, mine)
            continue
        for message in mine:
            with caused_by(session, message.id):
                await handler.handle(session, message)
    return first


def _rows(session: AsyncSession, heard: Sequence[Heard[Event]]) -> dict[str, Any]:
    return {
        "ids": [message.id for message in heard],
        "types": [message.event.name for message in heard],
        "org_id": organisation_of(session),
        "handled_at": now(),
    }


async def store_dead_letter(
    platform: Platform, address: str, body: bytes, reason: str, deliveries: int, at: datetime
) -> None:
    """Keep a message that could not be handled, for a person to look at and replay. Again is nothing."""
    org_id, event_id, kind = _identify(body)
    row = {
        "id": new_id(),
        "org_id": org_id,
        "event_id": event_id,
        "type": kind,
        "subject": address,
        "body": _storable(body.decode(errors="replace")),
        "reason": _storable(reason[:2000]),
        "deliveries": deliveries,
        "version": 1,
        "buried_at": at,
    }
    async with platform.database.transaction(org_id) as session:
        await session.execute(insert(dead_letters).values(row).on_conflict_do_nothing())


def _identify(body: bytes) -> tuple[UUID, UUID | None, str | None]:
    """Organisation, id and type of a message, as far as they can be read; the operators get what names none."""
    org_id, event_id, kind = PLATFORM, None, None
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        envelope: dict[str, Any] = from_json(body)
        kind = _storable(str(envelope["type"])[:200])
        event_id = UUID(envelope["id"])
        org_id = UUID(envelope["orgid"])
    return org_id, event_id, kind


def _storable(text: str) -> str:
    """The text without NUL, which PostgreSQL's text does not hold."""
    return text.replace("\x00", "\ufffd")
