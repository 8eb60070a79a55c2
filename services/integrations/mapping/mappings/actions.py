"""The verbs of mapping: make facts of what waits, and have a delivery mapped again."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.integrations.mapping.documents.rules import document_of
from services.integrations.mapping.facts.queries import record_once, told_of_the_same
from services.integrations.mapping.mapping_versions.queries import in_force
from services.integrations.mapping.rule_application.rules import (
    FAILED,
    NO_OWN,
    Learnt,
    Own,
    delivery_state,
    detail_of,
    learnt,
)
from services.integrations.mapping.rule_terms.models import FactKind
from services.integrations.mapping.rule_terms.rules import NO_RULES
from services.integrations.mapping.senders.rules import SHIPPED, VERSION
from services.integrations.receiving.deliveries.models import Delivery, DeliveryState
from services.integrations.receiving.sources.models import Source, SourceKind
from shared.clock import new_id
from shared.data.records import lock_free, locked
from shared.data.transactions import Written
from shared.events.catalogue.facts import (
    AboutFact,
    CheckReported,
    PersonJoinedElsewhere,
    PersonLeftElsewhere,
    PersonMovedElsewhere,
    TicketChanged,
    VulnerabilityReported,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM
from shared.pace import yielding

_EVENTS: dict[FactKind, type[AboutFact]] = {
    FactKind.CHECK_REPORTED: CheckReported,
    FactKind.TICKET_CHANGED: TicketChanged,
    FactKind.VULNERABILITY_REPORTED: VulnerabilityReported,
    FactKind.PERSON_JOINED: PersonJoinedElsewhere,
    FactKind.PERSON_MOVED: PersonMovedElsewhere,
    FactKind.PERSON_LEFT: PersonLeftElsewhere,
}
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Gained:
    """What mapping deliveries came to: how many are in which state, and how many facts are new, or replace another."""

    states: Counter[str] = field(default_factory=Counter)
    facts: int = 0
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class _Mapping:
    """All facts of a delivery, and the number of the organisation's own version that is in force."""

    facts: Sequence[Learnt]
    number: int | None


async def map_waiting(session: AsyncSession, *, limit: int, at: datetime) -> Counter[str]:
    """Make facts of the deliveries that have waited longest; how many came to which state."""
    waiting = select(Delivery).where(col(Delivery.state) == DeliveryState.RECEIVED)
    deliveries = await lock_free(session, waiting.order_by(col(Delivery.received_at), col(Delivery.id)).limit(limit))
    return (await map_all(session, deliveries, at=at)).states


async def map_all(session: AsyncSession, deliveries: Sequence[Delivery], *, at: datetime) -> Gained:
    """Make facts of locked deliveries by the rules that are in force."""
    sources = await _sources(session, {delivery.source_id for delivery in deliveries})
    own = await in_force(session, {source.kind for source in sources.values()})
    gained = Gained()
    async for delivery in yielding(deliveries):
        source = sources[delivery.source_id]
        await _map(session, delivery, source, own.get(source.kind, NO_OWN), gained, at=at)
        gained.states[str(delivery.state)] += 1
    return gained


async def map_again(session: AsyncSession, delivery_id: UUID) -> None:
    """Have a delivery mapped by the rules of now; facts that it brought before stay, and are not told again.

    What now means something else is another fact, which names the one that it replaces.
    """
    delivery = await locked(session, Delivery, delivery_id, noun="delivery")
    delivery.state, delivery.detail = DeliveryState.RECEIVED, None


async def _map(
    session: AsyncSession, delivery: Delivery, source: Source, own: Own, gained: Gained, *, at: datetime
) -> None:
    kind = SourceKind(source.kind)
    try:
        document = document_of(kind, delivery.headers, delivery.body)
        mapped = learnt(kind, delivery.event, document, source.branches, SHIPPED.get(kind, NO_RULES), own.rules)
    except Exception:  # noqa: BLE001 - one delivery must not keep the others waiting
        _log.exception("delivery %s of source %s could not be mapped", delivery.id, source.id)
        delivery.state, delivery.detail, delivery.mapped_at = DeliveryState.FAILED, FAILED, at
        return
    for fact in mapped.facts:
        recorded = await _record(session, delivery, source, fact, _Mapping(mapped.facts, own.number), at=at)
        gained.facts += recorded is not None
        gained.replaced += recorded is not None and recorded.replaces is not None
    delivery.facts, delivery.mapped_at = len(mapped.facts), at
    delivery.rules = {"version": VERSION, "mapping_number": own.number}
    delivery.state, delivery.detail = delivery_state(mapped), detail_of(mapped)


async def _record(
    session: AsyncSession, delivery: Delivery, source: Source, fact: Learnt, mapped: _Mapping, *, at: datetime
) -> AboutFact | None:
    """Record a fact that is new, and announce it; a time ahead of ours is the time at which it came."""
    observed = min(fact.observed_at or delivery.received_at, delivery.received_at)
    known, replaces = await _known(session, delivery, fact, mapped.facts, observed)
    if known:
        return None
    told = {
        "thing": fact.thing,
        "run": fact.run,
        "state": fact.state,
        "observed_at": observed,
        "url": fact.url,
        "evidence": fact.evidence,
        "replaces": replaces,
    }
    fact_id = new_id()
    row = {
        **told,
        "id": fact_id,
        "org_id": source.org_id,
        "source_id": source.id,
        "delivery_id": delivery.id,
        "kind": fact.kind,
        "not_evidence": fact.not_evidence,
        "data": dict(fact.data),
        "rules_version": VERSION,
        "mapping_number": mapped.number if fact.own else None,
        "digest": fact.digest(delivery.sha256, replaces),
        "recorded_at": at,
    }
    if not await record_once(session, row):
        return None
    event = _EVENTS[fact.kind](source_id=source.id, source=source.title, source_kind=source.kind, **told)
    announce(session, event, about=Written(fact_id, 1), by=SYSTEM, at=at)
    return event


async def _known(
    session: AsyncSession, delivery: Delivery, fact: Learnt, facts: Sequence[Learnt], observed: datetime
) -> tuple[bool, UUID | None]:
    """Whether a delivery that is mapped again told this before; else the fact that this one replaces, if it does."""
    if delivery.mapped_at is None:
        return False, None
    before = await told_of_the_same(
        session, delivery.source_id, kind=fact.kind, thing=fact.thing, run=fact.run, observed_at=observed
    )
    now = [each for each in facts if (each.kind, each.thing, each.run) == (fact.kind, fact.thing, fact.run)]
    overtaken = [each for each in before if not any(each.says(other.state, other.evidence) for other in now)]
    is_told = any(former.says(fact.state, fact.evidence) for former in before)
    return is_told, overtaken[0].id if overtaken else None


async def _sources(session: AsyncSession, ids: set[UUID]) -> dict[UUID, Source]:
    rows: Sequence[Source] = (await session.scalars(select(Source).where(col(Source.id).in_(ids)))).all()
    return {source.id: source for source in rows}
