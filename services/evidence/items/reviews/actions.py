"""The verb of a review."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.actions import accept as accept_collections
from services.evidence.collecting.collections.actions import answered_by
from services.evidence.collecting.collections.actions import reopen as reopen_collections
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.intake.files.models import File
from services.evidence.intake.scans.rules import refuse_unsafe
from services.evidence.items.evidence.actions import proof_fields, told_of, validity_for
from services.evidence.items.evidence.models import Item, ReviewDecision, ReviewStatus
from services.evidence.items.freshness.actions import settle
from services.evidence.items.proofs.models import Announced, Proof
from services.evidence.items.reviews.models import Review
from services.evidence.items.reviews.queries import with_other_submissions
from services.evidence.items.reviews.schemas import ReviewDraft
from services.evidence.settings import file_settings
from shared.data.records import ANY_VERSION, found, lock_by_id, locked
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceReturned
from shared.events.catalogue.evidence_collections import AcceptedItem
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.problems import Gone, not_allowed


async def review(session: AsyncSession, item_id: UUID, *, review: ReviewDraft, by: Actor, at: datetime) -> None:
    """Submitted → accepted or returned, by someone other than the submitter."""
    item = await locked(session, Item, item_id, noun="evidence", expected=ANY_VERSION)
    if item.disposed_at is not None:
        raise Gone(f"The evidence was disposed of at {item.disposed_at.isoformat()}.")
    if item.status != ReviewStatus.SUBMITTED:
        raise not_allowed("review", item.status, [])
    keep_apart("The submitter of evidence cannot review it", first=item.submitter, second=by)
    which = select(Proof).where(Proof.item_id == item.id).order_by(col(Proof.expectation_id))
    proofs = (await session.scalars(which)).all()
    accepted = review.decision == ReviewDecision.ACCEPTED
    if accepted and item.file_id is not None and (file := await found(session, File, item.file_id)) is not None:
        refuse_unsafe(file.scan, file.finding, before_scan=file_settings().serve_before_scan)
    proves = proof_fields(await _begin_to_count(session, item, proofs, at=at) if accepted else proofs)
    item.status, item.reviewer, item.reviewed_at = ReviewStatus(review.decision), by.recorded, at
    item.review_reason = review.reason
    event = (EvidenceAccepted if accepted else EvidenceReturned)(**told_of(item), proves=proves)
    session.add(
        Review(
            **review.model_dump(),
            org_id=item.org_id,
            item_id=item.id,
            series_id=item.series_id,
            number=item.number,
            reviewer=by.recorded,
            reviewed_at=at,
        )
    )
    announce(session, event, about=item, by=by, at=at, reason=review.reason)
    if accepted:
        await settle(session, item, by=by, at=at)
    collections = await answered_by(session, item.id)
    if accepted:
        accept_collections(session, collections, evidence=_as_accepted(item), by=by, at=at)
    else:
        others = await with_other_submissions(session, [collection.id for collection in collections], item.id)
        unanswered = [collection for collection in collections if collection.id not in others]
        reopen_collections(session, unanswered, reason=review.reason, by=by, at=at)


def _as_accepted(item: Item) -> AcceptedItem:
    return AcceptedItem(id=item.id, title=item.title, covers_from=item.covers_from, covers_until=item.covers_until)


async def _begin_to_count(session: AsyncSession, item: Item, proofs: Sequence[Proof], *, at: datetime) -> list[Proof]:
    """Let the item count for what is still expected, by what the expectations say now; they are locked from here on."""
    locked_rows = await lock_by_id(session, Expectation, [proof.expectation_id for proof in proofs])
    expectations = {expectation.id: expectation for expectation in locked_rows}
    counting: list[Proof] = []
    for proof in proofs:
        expectation = expectations[proof.expectation_id]
        if expectation.status == ExpectationStatus.WITHDRAWN:
            proof.announced, proof.ended_at = Announced.WITHDRAWN, at
            continue
        end = validity_for(item, expectation)
        proof.expiring_from, proof.valid_until = end.expiring_from, end.valid_until
        proof.announced = Announced.FRESH
        counting.append(proof)
    return counting
