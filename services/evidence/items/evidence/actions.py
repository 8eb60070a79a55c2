"""The verbs of evidence. Each changes its rows and adds the event, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.collections.actions import chosen, submit_collections
from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from services.evidence.collecting.record_schemas.actions import check
from services.evidence.intake.files.models import File
from services.evidence.intake.scans.rules import refuse_quarantined
from services.evidence.items.evidence.models import Item, ReviewStatus, Tag
from services.evidence.items.evidence.rules import written
from services.evidence.items.evidence.schemas import EvidenceDraft
from services.evidence.items.proofs.models import Proof
from services.evidence.items.proofs.rules import Validity, validity
from shared.children.pool import Children
from shared.clock import CLOCK_SKEW, new_id
from shared.data.records import found
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.evidence import EvidenceSubmitted
from shared.events.catalogue.evidence import Proof as ProofFields
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid

_KEPT = {
    *("title", "kind", "file_id", "record", "statement", "attestor_role", "source"),
    *("collected_at", "covers_from", "covers_until"),
}


class NotYetCollected(Invalid):
    """The collection time is in the future."""


class UnknownReference(Invalid):
    """The evidence refers to something that does not exist."""


async def submit(
    session: AsyncSession,
    children: Children | None,
    *,
    draft: EvidenceDraft,
    replaces: Item | None = None,
    by: Actor,
    at: datetime,
) -> Item:
    """Hand in evidence for what is expected, and so for what is collected; `replaces` is what it corrects.

    `UnknownReference` names a file or expectation that is not there, `UnknownCollection` a collection;
    `RecordDoesNotFit` names what is not as the schemas of the draft and of the expectations say. Where there is no
    schema, no child process is needed.
    """
    if draft.collected_at > at + CLOCK_SKEW:
        raise NotYetCollected("collected_at is in the future.", faults=[Fault("/collected_at", "in the future")])
    if not draft.expectation_ids and not draft.collection_ids:
        fault = Fault("/expectation_ids", "name one, or an auditor's request as one of collection_ids")
        raise Invalid("Evidence is for something.", faults=[fault])
    file = await _locked_file(session, draft.file_id) if draft.file_id is not None else None
    expectations = await _expectations(session, draft.expectation_ids)
    _refuse_unknown(draft.expectation_ids, expectations)
    schemas = _schemas_of(draft, expectations)
    await _refuse_unfitting(session, children, draft, schemas)
    collections = await chosen(
        session,
        draft.collection_ids,
        expectations=draft.expectation_ids,
        covers_from=draft.covers_from,
        covers_until=draft.covers_until,
    )
    item = _item(session, draft, sorted(schemas), replaces, by=by, at=at)
    proofs = [_proof(item, expectation) for expectation in expectations.values()]
    session.add(item)
    await session.flush()  # the proofs refer to the item
    session.add_all(proofs)
    event = EvidenceSubmitted(
        **told_of(item),
        proves=proof_fields(proofs),
        collections=[collection.id for collection in collections],
        sha256=file.sha256 if file else written(item).sha256,
    )
    announce(session, event, about=item, by=by, at=at)
    give(session, item, draft.tags)
    touched(session, item.id, at=at)
    submit_collections(session, collections, item.id, by=by, at=at)
    return item


def _item(
    session: AsyncSession,
    draft: EvidenceDraft,
    schema_ids: list[UUID],
    replaces: Item | None,
    *,
    by: Actor,
    at: datetime,
) -> Item:
    item_id = new_id()
    return Item(
        **draft.model_dump(include=_KEPT),
        id=item_id,
        url=None if draft.url is None else str(draft.url),
        record_schema_ids=schema_ids,
        series_id=item_id if replaces is None else replaces.series_id,
        number=1 if replaces is None else replaces.number + 1,
        replaces_id=None if replaces is None else replaces.id,
        org_id=organisation_of(session),
        submitter=by.recorded,
        created_at=at,
        updated_at=at,
    )


async def _locked_file(session: AsyncSession, file_id: UUID) -> File:
    """The file, locked, so that nobody erases its bytes meanwhile as those of evidence that was disposed of."""
    file = await found(session, File, file_id, for_update=True)
    if file is None or file.disposed_at is not None:
        raise UnknownReference(f"There is no file {file_id}.", faults=[Fault("/file_id", "unknown")])
    refuse_quarantined(file.scan, file.finding)
    return file


async def _expectations(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, Expectation]:
    query = select(Expectation).where(col(Expectation.id).in_(ids)).order_by(col(Expectation.id))
    return {expectation.id: expectation for expectation in await session.scalars(query)}


def _refuse_unknown(ids: Sequence[UUID], expectations: Mapping[UUID, Expectation]) -> None:
    faults: list[Fault] = []
    for place, expectation_id in enumerate(ids):
        if expectation_id not in expectations:
            faults.append(Fault(f"/expectation_ids/{place}", "unknown"))
        elif expectations[expectation_id].status != ExpectationStatus.ACTIVE:
            faults.append(Fault(f"/expectation_ids/{place}", "withdrawn"))
    if faults:
        raise UnknownReference("Some of the expectations do not exist or were withdrawn.", faults=faults)


def _proof(item: Item, expectation: Expectation) -> Proof:
    end = validity_for(item, expectation)
    return Proof(
        item_id=item.id,
        expectation_id=expectation.id,
        org_id=item.org_id,
        control_id=expectation.control_id,
        expiring_from=end.expiring_from,
        valid_until=end.valid_until,
    )


def validity_for(item: Item, expectation: Expectation) -> Validity:
    """For how long an item counts for an expectation."""
    return validity(
        item.covers_until, freshness_days=expectation.freshness_days, expiring_days=expectation.expiring_days
    )


async def proof_fields_of(session: AsyncSession, item: Item) -> list[ProofFields]:
    """What an item proves, as its events say it."""
    which = select(Proof).where(Proof.item_id == item.id).order_by(col(Proof.expectation_id))
    return proof_fields((await session.scalars(which)).all())


def _schemas_of(draft: EvidenceDraft, expectations: Mapping[UUID, Expectation]) -> dict[UUID, str]:
    """The schemas that a record has to fit, each with the pointer of what names it."""
    if draft.record is None:
        return {}
    named = {
        expectation.record_schema_id: f"/expectation_ids/{place}"
        for place, expectation in enumerate(expectations[expectation_id] for expectation_id in draft.expectation_ids)
        if expectation.record_schema_id is not None
    }
    return named if draft.record_schema_id is None else {draft.record_schema_id: "/record_schema_id", **named}


async def _refuse_unfitting(
    session: AsyncSession, children: Children | None, draft: EvidenceDraft, schemas: Mapping[UUID, str]
) -> None:
    if draft.record is None or not schemas:
        return
    if children is None:
        raise AssertionError("records are compared with schemas in child processes")
    await check(session, children, draft.record, schemas)


def told_of(item: Item) -> dict[str, Any]:
    """What every event says of an item itself."""
    return {
        "title": item.title,
        "covers_from": item.covers_from,
        "covers_until": item.covers_until,
        "accepted_at": item.reviewed_at if item.status == ReviewStatus.ACCEPTED else None,
    }


def proof_fields(proofs: Sequence[Proof]) -> list[ProofFields]:
    """What events say of these proofs."""
    return [
        ProofFields(expectation_id=proof.expectation_id, control_id=proof.control_id, valid_until=proof.valid_until)
        for proof in proofs
    ]


def give(session: AsyncSession, item: Item, tags: Iterable[str]) -> None:
    """Add tags to an item that has none."""
    session.add_all([Tag(item_id=item.id, tag=tag, org_id=item.org_id) for tag in tags])
