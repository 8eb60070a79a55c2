"""The verbs of a collection. Each changes its row and adds the event, in the caller's transaction.

Collections are locked by id, after the expectations and items of the same transaction (see `freshness/actions.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.models import UNANSWERED, CollectedItem, Collection, CollectionStatus
from services.evidence.collecting.collections.queries import named, unanswered_of, waiting_for
from services.evidence.collecting.collections.rules import answered
from services.evidence.collecting.collections.schemas import Assignment, Override
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.collecting.expectations.rules import Cadence, occurrence, opening
from shared.data.records import ANY_VERSION, lock_free, locked
from shared.events.catalogue.evidence_collections import (
    AcceptedItem,
    CollectionAccepted,
    CollectionEvent,
    CollectionOpened,
    CollectionOverdue,
    CollectionReassigned,
    CollectionReopened,
    CollectionRescheduled,
    CollectionSkipped,
    CollectionSubmitted,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover, handed_over
from shared.people.references import keep_backup_apart, people_columns
from shared.problems import Conflict, Fault, Invalid, not_allowed


class DueInThePast(Invalid):
    """The due date is in the past."""


class AskedByAnAuditor(Conflict):
    """A request of an auditor asks for this; it is changed there."""


class UnknownCollection(Invalid):
    """The collection does not exist or does not take this evidence."""


async def open_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Open what is to be collected by now, up to `limit`, and note for each expectation what comes next; how many."""
    due = select(Expectation).where(
        Expectation.status == ExpectationStatus.ACTIVE, col(Expectation.next_opens_at) <= as_of
    )
    opened = 0
    for expectation in await lock_free(session, due.order_by(col(Expectation.next_opens_at)).limit(limit)):
        while opened < limit and expectation.next_opens_at is not None and expectation.next_opens_at <= as_of:
            _open_next(session, expectation, at=as_of)
            opened += 1
    return opened


async def announce_overdue(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce collections for which nothing came in time, up to `limit`, each once; how many."""
    due = select(Collection).where(
        Collection.status == CollectionStatus.OPEN,
        col(Collection.overdue_at) <= as_of,
        col(Collection.overdue_announced_at).is_(None),
    )
    late = await lock_free(session, due.order_by(col(Collection.overdue_at)).limit(limit))
    for collection in late:
        collection.overdue_announced_at = as_of
        announce_collection(session, collection, CollectionOverdue, by=SYSTEM, at=as_of)
    return len(late)


async def chosen(
    session: AsyncSession,
    ids: Sequence[UUID],
    *,
    expectations: Sequence[UUID],
    covers_from: datetime,
    covers_until: datetime,
) -> list[Collection]:
    """The collections that evidence of a period is handed in for; they are held from here.

    Those named and, for expectations of which none is named, the one whose period is covered longest, if any.
    `UnknownCollection` says which of those named cannot be.
    """
    picked = await named(session, ids)
    faults: list[Fault] = []
    for place, collection_id in enumerate(ids):
        if collection_id not in picked:
            faults.append(Fault(f"/collection_ids/{place}", "unknown"))
        elif picked[collection_id].request_id is None and picked[collection_id].expectation_id not in expectations:
            faults.append(Fault(f"/collection_ids/{place}", "of an expectation that is not in expectation_ids"))
        elif picked[collection_id].status not in UNANSWERED:
            faults.append(Fault(f"/collection_ids/{place}", picked[collection_id].status))
    if faults:
        raise UnknownCollection("Some of the collections do not take this evidence.", faults=faults)
    rest = set(expectations) - {collection.expectation_id for collection in picked.values()}
    waiting = await waiting_for(session, sorted(rest))
    found = (
        answered(
            covers_from,
            covers_until,
            [collection for collection in waiting.values() if collection.expectation_id == expectation],
        )
        for expectation in sorted(rest)
    )
    return [*picked.values(), *(collection for collection in found if collection is not None)]


def submit_collections(
    session: AsyncSession, collections: Sequence[Collection], item_id: UUID, *, by: Actor, at: datetime
) -> None:
    """Open → submitted, with this evidence; another piece of it for what waits for review already changes nothing."""
    for collection in collections:
        session.add(CollectedItem(collection_id=collection.id, item_id=item_id, org_id=collection.org_id))
        if collection.status == CollectionStatus.OPEN:
            collection.status, collection.submitted_at = CollectionStatus.SUBMITTED, at
            announce_collection(session, collection, CollectionSubmitted, by=by, at=at)


def accept(
    session: AsyncSession, collections: Sequence[Collection], *, evidence: AcceptedItem, by: Actor, at: datetime
) -> None:
    """Submitted → accepted, for what the accepted evidence was handed in for."""
    for collection in collections:
        collection.status, collection.accepted_at = CollectionStatus.ACCEPTED, at
        announce_collection(session, collection, CollectionAccepted, by=by, at=at, evidence=evidence)


def reopen(
    session: AsyncSession, collections: Sequence[Collection], *, reason: str | None, by: Actor, at: datetime
) -> None:
    """Submitted → open, for what the returned evidence was handed in for."""
    for collection in collections:
        collection.status, collection.submitted_at = CollectionStatus.OPEN, None
        announce_collection(session, collection, CollectionReopened, by=by, at=at, reason=reason)


async def skip(session: AsyncSession, collection_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Open or submitted → skipped: it is not collected this time."""
    collection = await _unanswered(session, collection_id, "skip")
    _skip(session, [collection], reason=reason, by=by, at=at)


async def skip_all_of(
    session: AsyncSession, expectations: Sequence[UUID], *, reason: str, by: Actor, at: datetime
) -> None:
    """Skip what is still asked for by expectations that are withdrawn."""
    waiting = await waiting_for(session, expectations)
    _skip(session, waiting.values(), reason=reason, by=by, at=at)


async def override(session: AsyncSession, collection_id: UUID, *, override: Override, by: Actor, at: datetime) -> None:
    """Set another due date; the days of grace count from it, and overdue may be announced once more."""
    collection = await _unanswered(session, collection_id, "override")
    if override.due_at <= at:
        raise DueInThePast("The new due date has passed.", faults=[Fault("/due_at", "not in the future")])
    grace = collection.overdue_at - collection.due_at
    collection.due_at, collection.overdue_at = override.due_at, override.due_at + grace
    collection.overdue_announced_at, collection.reason = None, override.reason
    announce_collection(session, collection, CollectionRescheduled, by=by, at=at, reason=override.reason)


async def assign(
    session: AsyncSession, collection_id: UUID, *, assignment: Assignment, expected: int, by: Actor, at: datetime
) -> None:
    """Ask somebody else for this evidence; the next collection asks whom the expectation names."""
    owners = await people_columns(session, assignment, "owner", nullable={"backup_owner"})
    collection = await _unanswered(session, collection_id, "assign", expected=expected)
    for name, value in owners.items():
        setattr(collection, name, value)
    assert collection.owner_id is not None, "what an expectation asks for has an owner"
    keep_backup_apart(collection.owner_id, collection.backup_owner_id)
    announce_collection(session, collection, CollectionReassigned, by=by, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Ask another person for the evidence that a leaver is asked for, as owner or as backup."""
    for collection in await unanswered_of(session, handover.from_person):
        assert collection.owner_id is not None, "what an expectation asks for has an owner"
        collection.owner_id, collection.backup_owner_id = handed_over(
            collection.owner_id, collection.backup_owner_id, handover
        )
        announce_collection(
            session, collection, CollectionReassigned, by=SYSTEM, at=handover.at, reason=handover.reason
        )


def _open_next(session: AsyncSession, expectation: Expectation, *, at: datetime) -> None:
    assert expectation.cadence is not None
    assert expectation.next_on is not None
    cadence = Cadence.of(expectation.cadence)
    this = occurrence(cadence, expectation.next_on)
    collection = Collection(
        org_id=expectation.org_id,
        expectation_id=expectation.id,
        control_id=expectation.control_id,
        intended_on=this.on,
        covers_from=this.covers_from,
        covers_until=this.covers_until,
        due_at=this.due_at,
        overdue_at=this.overdue_at,
        owner_id=expectation.owner_id,
        backup_owner_id=expectation.backup_owner_id,
        created_at=at,
        updated_at=at,
    )
    expectation.next_on, expectation.next_opens_at = opening(cadence, after=this.on)
    session.add(collection)
    announce_collection(session, collection, CollectionOpened, by=SYSTEM, at=at)


def _skip(session: AsyncSession, collections: Iterable[Collection], *, reason: str, by: Actor, at: datetime) -> None:
    for collection in collections:
        collection.status, collection.reason = CollectionStatus.SKIPPED, reason
        announce_collection(session, collection, CollectionSkipped, by=by, at=at, reason=reason)


def announce_collection(
    session: AsyncSession,
    collection: Collection,
    event: type[CollectionEvent],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    **more: Any,
) -> None:
    """Announce what happened to a collection."""
    happened = event(
        **more,
        expectation_id=collection.expectation_id,
        control_id=collection.control_id,
        request_id=collection.request_id,
        intended_on=collection.intended_on,
        due_at=collection.due_at,
        owner_id=collection.owner_id,
    )
    announce(session, happened, about=collection, by=by, at=at, reason=reason)


async def _unanswered(
    session: AsyncSession, collection_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> Collection:
    collection = await locked(session, Collection, collection_id, noun="collection", expected=expected)
    if collection.request_id is not None:
        raise AskedByAnAuditor(f"A request of an auditor asks for it: see /v1/requests/{collection.request_id}.")
    if collection.status not in UNANSWERED:
        raise not_allowed(verb, collection.status, [])
    return collection


async def answered_by(session: AsyncSession, item_id: UUID) -> list[Collection]:
    """The collections that an item was handed in for and that wait for what becomes of it; locked from here on."""
    handed_in = select(CollectedItem.collection_id).where(CollectedItem.item_id == item_id)
    collections = await named(session, (await session.scalars(handed_in)).all())
    return [collection for collection in collections.values() if collection.status == CollectionStatus.SUBMITTED]
