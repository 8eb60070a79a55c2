"""The verbs of mapping: make facts of what waits, and have a delivery mapped again."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.integrations.mapping.documents.rules import document_of
from services.integrations.mapping.facts.queries import record_once, told_of_the_same
from services.integrations.mapping.mappings.rules import Learnt, learnt
from services.integrations.mapping.rule_terms.models import FactKind, RuleSet
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

_LONGEST_DETAIL = 500
_EVENTS: dict[FactKind, type[AboutFact]] = {
    FactKind.CHECK_REPORTED: CheckReported,
    FactKind.TICKET_CHANGED: TicketChanged,
    FactKind.VULNERABILITY_REPORTED: VulnerabilityReported,
    FactKind.PERSON_JOINED: PersonJoinedElsewhere,
    FactKind.PERSON_MOVED: PersonMovedElsewhere,
    FactKind.PERSON_LEFT: PersonLeftElsewhere,
}
_log = logging.getLogger(__name__)


async def map_waiting(session: AsyncSession, *, limit: int, at: datetime) -> Counter[str]:
    """Make facts of the deliveries that have waited longest; how many came to which state."""
    waiting = select(Delivery).where(col(Delivery.state) == DeliveryState.RECEIVED)
    deliveries = await lock_free(session, waiting.order_by(col(Delivery.received_at), col(Delivery.id)).limit(limit))
    sources = await _sources(session, {delivery.source_id for delivery in deliveries})
    for delivery in deliveries:
        await _map(session, delivery, sources[delivery.source_id], at=at)
    return Counter(str(delivery.state) for delivery in deliveries)


async def map_again(session: AsyncSession, delivery_id: UUID) -> None:
    """Have a delivery mapped by the rules of now; facts that it brought before stay, and are not told again.

    What now means something else is another fact, which names the one that it replaces.
    """
    delivery = await locked(session, Delivery, delivery_id, noun="delivery")
    delivery.state, delivery.detail = DeliveryState.RECEIVED, None


async def _map(session: AsyncSession, delivery: Delivery, source: Source, *, at: datetime) -> None:
    kind = SourceKind(source.kind)
    try:
        document = document_of(kind, delivery.headers, delivery.body)
        mapped = learnt(kind, delivery.event, document, source.branches, SHIPPED.get(kind, RuleSet()))
    except Exception:  # noqa: BLE001 - one delivery must not keep the others waiting
        _log.exception("delivery %s of source %s could not be mapped", delivery.id, source.id)
        delivery.state, delivery.detail, delivery.mapped_at = DeliveryState.FAILED, "the rules failed on it", at
        return
    for fact in mapped.facts:
        await _record(session, delivery, source, fact, mapped.facts, at=at)
    delivery.facts, delivery.mapped_at = len(mapped.facts), at
    delivery.rules = {"version": VERSION}
    delivery.detail = "; ".join(mapped.unmapped)[:_LONGEST_DETAIL] or None
    delivery.state = (
        DeliveryState.UNMAPPED if mapped.unmapped else DeliveryState.MAPPED if mapped.facts else DeliveryState.NO_FACTS
    )


async def _record(
    session: AsyncSession,
    delivery: Delivery,
    source: Source,
    fact: Learnt,
    all_of_it: Sequence[Learnt],
    *,
    at: datetime,
) -> None:
    """Record a fact that is new, and announce it; a time ahead of ours is the time at which it came."""
    observed = min(fact.observed_at or delivery.received_at, delivery.received_at)
    replaces = None
    if delivery.mapped_at is not None:
        before = await told_of_the_same(
            session, source.id, kind=fact.kind, thing=fact.thing, run=fact.run, observed_at=observed
        )
        if any(former.says(fact.state, fact.evidence) for former in before):
            return
        now = [each for each in all_of_it if (each.kind, each.thing, each.run) == (fact.kind, fact.thing, fact.run)]
        overtaken = [each for each in before if not any(each.says(other.state, other.evidence) for other in now)]
        replaces = overtaken[0].id if overtaken else None
    fact_id = new_id()
    told = {
        "thing": fact.thing,
        "run": fact.run,
        "state": fact.state,
        "observed_at": observed,
        "url": fact.url,
        "evidence": fact.evidence,
        "replaces": replaces,
    }
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
        "digest": fact.digest(delivery.sha256, replaces),
        "recorded_at": at,
    }
    if not await record_once(session, row):
        return
    event = _EVENTS[fact.kind](source_id=source.id, source=source.title, source_kind=source.kind, **told)
    announce(session, event, about=Written(fact_id, 1), by=SYSTEM, at=at)


async def _sources(session: AsyncSession, ids: set[UUID]) -> dict[UUID, Source]:
    rows: Sequence[Source] = (await session.scalars(select(Source).where(col(Source.id).in_(ids)))).all()
    return {source.id: source for source in rows}
