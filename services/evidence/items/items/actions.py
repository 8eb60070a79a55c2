"""The verbs of evidence. Each changes its rows and adds the event, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.actions import accept as accept_collections
from services.evidence.collecting.collections.actions import chosen, hand_in
from services.evidence.collecting.collections.actions import reopen as reopen_collections
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.intake.files.models import File
from services.evidence.intake.scans.rules import refuse_quarantined, refuse_unsafe
from services.evidence.items.freshness.actions import settle
from services.evidence.items.freshness.models import Announced, Proof
from services.evidence.items.freshness.rules import Validity, validity
from services.evidence.items.items.models import Item, ReviewDecision, ReviewStatus
from services.evidence.items.items.schemas import EvidenceDraft, ReviewDraft
from services.evidence.items.record_schemas.actions import check
from services.evidence.items.reviews.models import Review
from services.evidence.items.search.actions import index
from services.evidence.items.tags.actions import give
from services.evidence.settings import file_settings
from shared.clock import CLOCK_SKEW, new_id
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceReturned, EvidenceSubmitted
from shared.events.catalogue.evidence import Proof as ToldProof
from shared.events.trail import announce
from shared.identity.callers import keep_apart
from shared.problems import Fault, Gone, Invalid, not_allowed

_KEPT = {
    *("title", "kind", "file_id", "record", "statement", "attestor_role", "source"),
    *("collected_at", "covers_from", "covers_until"),
}


class NotYetCollected(Invalid):
    """Evidence is submitted after it was collected."""


class UnknownReference(Invalid):
    """The evidence refers to something that is not there."""


async def submit(
    session: AsyncSession, *, draft: EvidenceDraft, replaces: Item | None = None, by: str, at: datetime
) -> Item:
    """Hand in evidence for what is expected, and so for what is collected; `replaces` is what it corrects.

    `UnknownReference` names a file or expectation that is not there, `UnknownCollection` a collection;
    `RecordDoesNotFit` names what is not as the schemas of the draft and of the expectations say.
    """
    if draft.collected_at > at + CLOCK_SKEW:
        raise NotYetCollected("collected_at is in the future.", faults=[Fault("/collected_at", "in the future")])
    if draft.file_id is not None:
        # Held from here on, so that nobody erases its bytes as those of what was disposed of meanwhile.
        file = await found(session, File, draft.file_id, for_update=True)
        if file is None or file.disposed_at is not None:
            raise UnknownReference(f"There is no file {draft.file_id}.", faults=[Fault("/file_id", "unknown")])
        refuse_quarantined(file.scan, file.finding)
    expectations = await _expectations(session, draft.expectation_ids)
    _refuse_unknown(draft.expectation_ids, expectations)
    schemas = _schemas_of(draft, expectations)
    if draft.record is not None:
        await check(session, draft.record, schemas)
    collections = await chosen(
        session,
        draft.collection_ids,
        expectations=draft.expectation_ids,
        covers_from=draft.covers_from,
        covers_until=draft.covers_until,
    )
    item_id = new_id()
    item = Item(
        **draft.model_dump(include=_KEPT),
        id=item_id,
        url=None if draft.url is None else str(draft.url),
        record_schema_ids=sorted(schemas),
        series_id=item_id if replaces is None else replaces.series_id,
        number=1 if replaces is None else replaces.number + 1,
        replaces_id=None if replaces is None else replaces.id,
        org_id=organisation_of(session),
        submitter=by,
        created_at=at,
        updated_at=at,
    )
    proofs = [_proof(item, each) for each in expectations.values()]
    event = EvidenceSubmitted(title=item.title, proves=_told(proofs), collections=[each.id for each in collections])
    await announce(session, event, about=item, by=by, at=at)
    session.add_all(proofs)
    give(session, item, draft.tags)
    await index(session, item.id)
    await hand_in(session, collections, item.id, by=by, at=at)
    return item


async def review(session: AsyncSession, item_id: UUID, *, review: ReviewDraft, by: str, at: datetime) -> None:
    """Submitted → accepted or returned, by someone other than the submitter."""
    item = await locked(session, Item, item_id, noun="evidence", expected=ANY_VERSION)
    if item.disposed_at is not None:
        raise Gone(f"It was disposed of at {item.disposed_at.isoformat()}.")
    if item.status != ReviewStatus.SUBMITTED:
        raise not_allowed("review", item.status, [])
    keep_apart("The reviewer is not the submitter", first=item.submitter, second=by)
    which = select(Proof).where(Proof.item_id == item.id).order_by(col(Proof.expectation_id))
    proofs = (await session.scalars(which)).all()
    accepted = review.decision == ReviewDecision.ACCEPTED
    if accepted and item.file_id is not None and (file := await found(session, File, item.file_id)) is not None:
        refuse_unsafe(file.scan, file.finding, before_scan=file_settings().serve_before_scan)
    proves = _told(await _begin_to_count(session, item, proofs, at=at) if accepted else proofs)
    event = (EvidenceAccepted if accepted else EvidenceReturned)(title=item.title, proves=proves)
    item.status, item.reviewer, item.reviewed_at = ReviewStatus(review.decision), by, at
    item.review_reason = review.reason
    session.add(
        Review(
            **review.model_dump(),
            org_id=item.org_id,
            item_id=item.id,
            series_id=item.series_id,
            number=item.number,
            reviewer=by,
            reviewed_at=at,
        )
    )
    await announce(session, event, about=item, by=by, at=at, reason=review.reason)
    if accepted:
        await settle(session, item, by=by, at=at)
        await accept_collections(session, item.id, by=by, at=at)
    else:
        await reopen_collections(session, item.id, reason=review.reason, by=by, at=at)


async def _begin_to_count(session: AsyncSession, item: Item, proofs: Sequence[Proof], *, at: datetime) -> list[Proof]:
    """Let the item count for what is still expected, by what the expectations say now; they are held from here on."""
    expectations = await _expectations(session, [each.expectation_id for each in proofs], hold=True)
    counting: list[Proof] = []
    for proof in proofs:
        expectation = expectations[proof.expectation_id]
        if expectation.status == ExpectationStatus.WITHDRAWN:
            proof.announced, proof.ended_at = Announced.WITHDRAWN, at
            continue
        end = _validity(item, expectation)
        proof.expiring_from, proof.valid_until = end.expiring_from, end.valid_until
        proof.announced = Announced.FRESH
        counting.append(proof)
    return counting


async def _expectations(
    session: AsyncSession, ids: Sequence[UUID], *, hold: bool = False
) -> Mapping[UUID, Expectation]:
    query = select(Expectation).where(col(Expectation.id).in_(ids)).order_by(col(Expectation.id))
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    return {each.id: each for each in (await session.scalars(query)).all()}


def _refuse_unknown(ids: Sequence[UUID], expectations: Mapping[UUID, Expectation]) -> None:
    faults: list[Fault] = []
    for place, each in enumerate(ids):
        if each not in expectations:
            faults.append(Fault(f"/expectation_ids/{place}", "unknown"))
        elif expectations[each].status != ExpectationStatus.ACTIVE:
            faults.append(Fault(f"/expectation_ids/{place}", "withdrawn"))
    if faults:
        raise UnknownReference("The evidence is for something that is not expected.", faults=faults)


def _proof(item: Item, expectation: Expectation) -> Proof:
    end = _validity(item, expectation)
    return Proof(
        item_id=item.id,
        expectation_id=expectation.id,
        org_id=item.org_id,
        control_id=expectation.control_id,
        expiring_from=end.expiring_from,
        valid_until=end.valid_until,
    )


def _validity(item: Item, expectation: Expectation) -> Validity:
    return validity(
        item.covers_until, freshness_days=expectation.freshness_days, expiring_days=expectation.expiring_days
    )


async def told_of(session: AsyncSession, item: Item) -> list[ToldProof]:
    """What an item proves, as its events say it."""
    which = select(Proof).where(Proof.item_id == item.id).order_by(col(Proof.expectation_id))
    return _told((await session.scalars(which)).all())


def _schemas_of(draft: EvidenceDraft, expectations: Mapping[UUID, Expectation]) -> dict[UUID, str]:
    """The schemas that a record has to fit, each with the pointer of what names it."""
    if draft.record is None:
        return {}
    named = {
        expectation.record_schema_id: f"/expectation_ids/{place}"
        for place, expectation in enumerate(expectations[each] for each in draft.expectation_ids)
        if expectation.record_schema_id is not None
    }
    return named if draft.record_schema_id is None else {draft.record_schema_id: "/record_schema_id", **named}


def _told(proofs: Sequence[Proof]) -> list[ToldProof]:
    return [
        ToldProof(expectation_id=each.expectation_id, control_id=each.control_id, valid_until=each.valid_until)
        for each in proofs
    ]
