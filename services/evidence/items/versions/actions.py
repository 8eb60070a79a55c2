"""The verb of a version: hand in what takes the place of earlier evidence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, or_, select

from services.evidence.collecting.collections.models import UNANSWERED, CollectedItem, Collection
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.items.evidence.actions import proof_fields_of, submit, told_of
from services.evidence.items.evidence.models import Item, ReviewStatus
from services.evidence.items.proofs.models import Proof
from services.evidence.items.versions.schemas import VersionDraft
from shared.children.pool import Children
from shared.data.records import ANY_VERSION, locked
from shared.events.catalogue.evidence_items import EvidenceReplaced
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault


class AlreadyReplaced(Conflict):
    """A newer version has already replaced this one."""


class NothingIsExpected(Conflict):
    """The evidence has no active expectation."""


async def replace(
    session: AsyncSession, children: Children, item_id: UUID, *, draft: VersionDraft, by: Actor, at: datetime
) -> Item:
    """Hand in a corrected version. What waited for review is replaced; what was accepted counts until this is.

    `AlreadyReplaced` names the version that has taken the place; it is that which can be corrected.
    """
    old = await locked(session, Item, item_id, noun="evidence", expected=ANY_VERSION)
    if old.replaced_by_id is not None:
        raise AlreadyReplaced(f"The version after this one is {old.replaced_by_id}.")
    expectations = draft.expectation_ids or await _still_expected(session, old)
    collections = draft.collection_ids or await _still_collected(session, old, expectations)
    if not expectations and not collections:
        raise NothingIsExpected(
            "Name the expectations that the evidence is for.", faults=[Fault("/expectation_ids", "nothing is expected")]
        )
    whole = draft.model_copy(update={"expectation_ids": expectations, "collection_ids": collections})
    item = await submit(session, children, draft=whole, replaces=old, by=by, at=at)
    old.replaced_by_id = item.id
    if old.status == ReviewStatus.SUBMITTED:
        old.status = ReviewStatus.REPLACED
    event = EvidenceReplaced(**told_of(old), proves=await proof_fields_of(session, old), replaced_by=item.id)
    announce(session, event, about=old, by=by, at=at, reason=draft.reason)
    return item


async def _still_expected(session: AsyncSession, item: Item) -> list[UUID]:
    proven = select(Proof.expectation_id).where(Proof.item_id == item.id)
    active = select(Expectation.id).where(
        col(Expectation.id).in_(proven), Expectation.status == ExpectationStatus.ACTIVE
    )
    return sorted(await session.scalars(active))


async def _still_collected(session: AsyncSession, item: Item, expectations: list[UUID]) -> list[UUID]:
    handed_in = select(CollectedItem.collection_id).where(CollectedItem.item_id == item.id)
    waiting = select(Collection.id).where(
        col(Collection.id).in_(handed_in),
        or_(col(Collection.expectation_id).in_(expectations), col(Collection.request_id).is_not(None)),
        col(Collection.status).in_(UNANSWERED),
    )
    return sorted(await session.scalars(waiting))
