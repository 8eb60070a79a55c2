"""The verbs of sending: lease what is due, and record what came of it. Nothing is sent inside a transaction."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.attempts.queries import (
    free_queues,
    locked_queues,
    refresh,
    sending_now,
    take,
)
from services.integrations.sending.attempts.rules import (
    Outcome,
    count,
    days_to_tell,
    is_given_up,
    next_try,
    not_before,
    pay,
    slots,
)
from services.integrations.sending.endpoint_secrets.actions import key_of
from services.integrations.sending.endpoint_secrets.queries import secrets_of
from services.integrations.sending.endpoint_secrets.rules import Key
from services.integrations.sending.endpoints.actions import shut, told
from services.integrations.sending.endpoints.models import DisabledFor, Endpoint, EndpointStatus
from services.integrations.sending.fan_out.queries import receivers
from services.integrations.sending.messages.models import Message
from services.integrations.sending.webhook_deliveries.models import Attempt, Queue, WebhookDelivery, WebhookState
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import lock_by_id
from shared.events.catalogue.webhooks import WebhookEndpointActivated, WebhookEndpointFailing
from shared.events.trail import announce
from shared.identity.callers import SYSTEM
from shared.identity.permissions import Permission

# Longer than an attempt may take. When a sender ends meanwhile, the delivery is sent again after this.
LEASE = timedelta(seconds=45)
INTERRUPTED = "interrupted"
_E = table_of(Endpoint).c
_M = table_of(Message).c


@dataclass(frozen=True, slots=True)
class Claimed:
    """One attempt that is to be made: where, with which bytes, signed with which keys."""

    org_id: UUID
    endpoint_id: UUID
    delivery_id: UUID
    message_id: UUID
    number: int
    url: str = field(repr=False)
    body: bytes = field(repr=False)
    keys: Sequence[Key] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """An attempt that was made, when, and what came of it."""

    claimed: Claimed
    started_at: datetime
    outcome: Outcome


async def claim(session: AsyncSession, endpoint_ids: Collection[UUID], *, most: int, at: datetime) -> list[Claimed]:
    """Lease what is due of these endpoints, as far as breaker, rate and concurrency of each allow; `most` in all."""
    queues = await free_queues(session, endpoint_ids)
    ids = [queue.endpoint_id for queue in queues]
    if not ids:
        return []
    endpoints = {row.id: row for row in await session.execute(select(*_E).where(among(_E.id, ids)))}
    sending = await sending_now(session, ids, at=at)
    free: dict[UUID, int] = {}
    for queue in queues:
        row = endpoints[queue.endpoint_id]
        may = slots(queue, rate=row.rate, concurrency=row.concurrency, sending=sending.get(row.id, 0), at=at)
        if may > most:
            break  # this one and the rest stay due, for the next turn
        free[row.id] = may
        most -= may
    queues, ids = queues[: len(free)], ids[: len(free)]
    if not ids:
        return []
    asked = {**_switches(ids, endpoints), "slots": [free[key] for key in ids]}
    taken = await take(session, {**asked, "at": at, "lease_until": at + LEASE})
    counted: dict[UUID, int] = defaultdict(int)
    for each in taken:
        counted[each.endpoint_id] += 1
    for queue in queues:
        pay(queue, counted[queue.endpoint_id], rate=endpoints[queue.endpoint_id].rate, at=at)
    await _refresh(session, queues, endpoints, free, at=at)
    return await _prepared(session, taken, endpoints, at=at)


async def record(session: AsyncSession, made: Sequence[Made], *, at: datetime) -> None:
    """Record attempts of one organisation, and what follows from each for its delivery and its endpoint."""
    ids = sorted({each.claimed.endpoint_id for each in made})
    endpoints = {endpoint.id: endpoint for endpoint in await lock_by_id(session, Endpoint, ids)}
    queues = await locked_queues(session, ids)
    deliveries = {
        delivery.id: delivery
        for delivery in await lock_by_id(session, WebhookDelivery, [each.claimed.delivery_id for each in made])
    }
    for each in made:
        endpoint, queue = endpoints[each.claimed.endpoint_id], queues[each.claimed.endpoint_id]
        delivery = deliveries[each.claimed.delivery_id]
        retry_at = _settle(delivery, each, at=at)
        session.add(_attempt(each, retry_at))
        count(queue, each.outcome, at=at)
        _judge(session, endpoint, queue, delivery, each.outcome, at=at)
    await _refresh(session, list(queues.values()), endpoints, {}, at=at)


def _settle(delivery: WebhookDelivery, made: Made, *, at: datetime) -> datetime | None:
    """What an attempt means for its delivery; when it is tried again.

    A success counts however late. A failure of a lease that has run out does not: another attempt is under way.
    """
    outcome = made.outcome
    if outcome.is_success:
        delivery.state, delivery.due_at, delivery.delivered_at = WebhookState.DELIVERED, None, at
    elif delivery.state != WebhookState.SENDING or delivery.attempts != made.claimed.number:
        return None
    else:
        spread = random.uniform(-1, 1)  # noqa: S311 - it spreads load, and keeps nothing secret
        retry_at = None if delivery.is_test else next_try(delivery.tries, outcome, at=at, spread=spread)
        delivery.state = WebhookState.FAILED if retry_at is None else WebhookState.WAITING
        delivery.due_at = retry_at
    delivery.last_status, delivery.last_code = outcome.status, outcome.code
    return delivery.due_at


def _judge(
    session: AsyncSession,
    endpoint: Endpoint,
    queue: Queue,
    delivery: WebhookDelivery,
    outcome: Outcome,
    *,
    at: datetime,
) -> None:
    """What an attempt means for its endpoint: active, disabled, or a warning."""
    if outcome.is_success and delivery.is_test and endpoint.status == EndpointStatus.PENDING:
        endpoint.status = EndpointStatus.ACTIVE
        announce(session, WebhookEndpointActivated(**told(endpoint)), about=endpoint, by=SYSTEM, at=at)
    if outcome.is_success or endpoint.status != EndpointStatus.ACTIVE:
        return
    if outcome.is_gone or is_given_up(queue, at=at):
        code = DisabledFor.GONE if outcome.is_gone else DisabledFor.FAILING
        shut(session, endpoint, code, by=SYSTEM, at=at)
        return
    days = days_to_tell(queue, at=at)
    if days is not None and queue.failing_since is not None:
        queue.told_days = days
        failing = WebhookEndpointFailing(**told(endpoint), failing_since=queue.failing_since, days=days)
        announce(session, failing, about=endpoint, by=SYSTEM, at=at)


def _attempt(made: Made, retry_at: datetime | None) -> Attempt:
    claimed, outcome = made.claimed, made.outcome
    return Attempt(
        org_id=claimed.org_id,
        endpoint_id=claimed.endpoint_id,
        delivery_id=claimed.delivery_id,
        number=claimed.number,
        started_at=made.started_at,
        milliseconds=outcome.milliseconds,
        status=outcome.status,
        code=outcome.code,
        excerpt=outcome.excerpt,
        signed=" ".join(sorted({key.scheme for key in claimed.keys})),
        retry_at=retry_at,
    )


async def _prepared(
    session: AsyncSession, taken: Sequence[Row[Any]], endpoints: Mapping[UUID, Row[Any]], *, at: datetime
) -> list[Claimed]:
    """What was leased with all that sending needs; what its owner may no longer read is withheld instead."""
    if not taken:
        return []
    found = await session.execute(
        select(_M.id, _M.type, _M.body, _M.permission).where(among(_M.id, [r.message_id for r in taken]))
    )
    messages = {(row.id, row.type): row for row in found}
    owners = {each.id: each for each in await receivers(session, among={row.endpoint_id for row in taken})}
    keys: dict[UUID, list[Key]] = defaultdict(list)
    for secret in await secrets_of(session, list(owners)):
        if secret.is_live(at):
            keys[secret.endpoint_id].append(key_of(secret))
    prepared, withheld = [], []
    for row in taken:
        if row.was == WebhookState.SENDING:
            session.add(_interrupted(row))
        message, endpoint = messages[row.message_id, row.type], endpoints[row.endpoint_id]
        owner = owners.get(row.endpoint_id)
        if not row.is_test and (owner is None or not owner.may_have(Permission(message.permission), at)):
            withheld.append(row.id)
            continue
        claimed = (row.org_id, row.endpoint_id, row.id, row.message_id, row.attempts)
        prepared.append(Claimed(*claimed, endpoint.url, message.body, keys[row.endpoint_id]))
    for delivery in await lock_by_id(session, WebhookDelivery, withheld):
        delivery.state, delivery.due_at = WebhookState.WITHHELD, None
    return prepared


def _interrupted(row: Row[Any]) -> Attempt:
    """The attempt of a sender that ended before it knew what came of it; the endpoint may have had the request."""
    return Attempt(
        org_id=row.org_id,
        endpoint_id=row.endpoint_id,
        delivery_id=row.id,
        number=row.attempts - 1,
        started_at=row.lease - LEASE,
        milliseconds=0,
        code=INTERRUPTED,
        excerpt="",
        signed="",
        retry_at=row.lease,
    )


async def _refresh(
    session: AsyncSession,
    queues: Sequence[Queue],
    endpoints: Mapping[UUID, Any],
    free: Mapping[UUID, int],
    *,
    at: datetime,
) -> None:
    """Note when each endpoint has to be looked at next; one without a free slot when an attempt of its is recorded."""
    ids = [queue.endpoint_id for queue in queues]
    earliest = []
    for queue in queues:
        instant = not_before(queue, rate=endpoints[queue.endpoint_id].rate, at=at)
        earliest.append(max(instant, at + timedelta(seconds=1)) if free.get(queue.endpoint_id) == 0 else instant)
    await refresh(session, {**_switches(ids, endpoints), "earliest": earliest})


def _switches(ids: Sequence[UUID], endpoints: Mapping[UUID, Any]) -> dict[str, Any]:
    return {
        "endpoints": list(ids),
        "active": [endpoints[key].status == EndpointStatus.ACTIVE for key in ids],
        "ordered": [endpoints[key].ordered for key in ids],
    }


def organisations_of(made: Sequence[Made]) -> dict[UUID, list[Made]]:
    """Attempts by organisation: each is recorded in a transaction of its own."""
    by_organisation: dict[UUID, list[Made]] = defaultdict(list)
    for each in made:
        by_organisation[each.claimed.org_id].append(each)
    return by_organisation
