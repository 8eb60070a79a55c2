"""The verbs of mapping: make facts of what waits, and have a delivery mapped again."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
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
    Mapped,
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
class _Looked:
    """A delivery that was looked into: its source, the rules that are the organisation's own, and what they make of it.

    `mapped` is None where the rules failed on it.
    """

    delivery: Delivery
    source: Source
    own: Own
    mapped: Mapped | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A fact as it is recorded, and the event that tells it."""

    row: dict[str, Any]
    event: AboutFact


async def map_waiting(session: AsyncSession, *, limit: int, at: datetime) -> Counter[str]:
    """Make facts of the deliveries that have waited longest; how many came to which state."""
    waiting = select(Delivery).where(col(Delivery.state) == DeliveryState.RECEIVED)
    deliveries = await lock_free(session, waiting.order_by(col(Delivery.received_at), col(Delivery.id)).limit(limit))
    return (await map_all(session, deliveries, at=at)).states


async def map_all(session: AsyncSession, deliveries: Sequence[Delivery], *, at: datetime) -> Gained:
    """Make facts of locked deliveries by the rules that are in force; one statement records those of all."""
    sources = await _sources(session, {delivery.source_id for delivery in deliveries})
    own = await in_force(session, {source.kind for source in sources.values()})
    looked, found = list[_Looked](), list[_Found]()
    async for delivery in yielding(deliveries):
        source = sources[delivery.source_id]
        each = _look_into(delivery, source, own.get(source.kind, NO_OWN))
        looked.append(each)
        for fact in each.mapped.facts if each.mapped else ():
            found += [made] if (made := await _fact_of(session, each, fact, at=at)) else []
    new = await record_once(session, [each.row for each in found])
    told = [each for each in found if each.row["id"] in new]
    for each_told in told:
        announce(session, each_told.event, about=Written(each_told.row["id"], 1), by=SYSTEM, at=at)
    for each in looked:
        _note(each, at=at)
    replaced = sum(each.event.replaces is not None for each in told)
    return Gained(Counter(str(delivery.state) for delivery in deliveries), len(told), replaced)


async def map_again(session: AsyncSession, delivery_id: UUID) -> None:
    """Have a delivery mapped by the rules of now; facts that it brought before stay, and are not told again.

    What now means something else is another fact, which names the one that it replaces.
    """
    delivery = await locked(session, Delivery, delivery_id, noun="delivery")
    delivery.state, delivery.detail = DeliveryState.RECEIVED, None


def _look_into(delivery: Delivery, source: Source, own: Own) -> _Looked:
    kind = SourceKind(source.kind)
    try:
        document = document_of(kind, delivery.headers, delivery.body)
        mapped = learnt(kind, delivery.event, document, source.branches, SHIPPED.get(kind, NO_RULES), own.rules)
    except Exception:  # noqa: BLE001 - one delivery must not keep the others waiting
        _log.exception("delivery %s of source %s could not be mapped", delivery.id, source.id)
        return _Looked(delivery, source, own, None)
    return _Looked(delivery, source, own, mapped)


def _note(looked: _Looked, *, at: datetime) -> None:
    delivery, mapped = looked.delivery, looked.mapped
    delivery.mapped_at = at
    if mapped is None:
        delivery.state, delivery.detail = DeliveryState.FAILED, FAILED
        return
    delivery.facts, delivery.rules = len(mapped.facts), {"version": VERSION, "mapping_number": looked.own.number}
    delivery.state, delivery.detail = delivery_state(mapped), detail_of(mapped)


async def _fact_of(session: AsyncSession, looked: _Looked, fact: Learnt, *, at: datetime) -> _Found | None:
    """A fact to be recorded, unless it was told before; a time ahead of ours is the time at which it came."""
    delivery, source = looked.delivery, looked.source
    observed = min(fact.observed_at or delivery.received_at, delivery.received_at)
    known, replaces = await _known(session, delivery, fact, looked.mapped.facts if looked.mapped else (), observed)
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
    row = {
        **told,
        "id": new_id(),
        "org_id": source.org_id,
        "source_id": source.id,
        "delivery_id": delivery.id,
        "kind": fact.kind,
        "not_evidence": fact.not_evidence,
        "data": dict(fact.data),
        "rules_version": VERSION,
        "mapping_number": looked.own.number if fact.own else None,
        "digest": fact.digest(delivery.sha256, replaces),
        "recorded_at": at,
    }
    return _Found(row, _EVENTS[fact.kind](source_id=source.id, source=source.title, source_kind=source.kind, **told))


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
