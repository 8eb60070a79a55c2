"""The verbs of a vendor. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.assets.assets.queries import kinds_of
from services.risk.days import day_of
from services.risk.vendors.known_evidence.queries import require_evidence
from services.risk.vendors.vendors.models import ReviewCause, Vendor, VendorStatus
from services.risk.vendors.vendors.queries import unannounced_reviews
from services.risk.vendors.vendors.rules import TierFacts, allowed, faults_of_proof, tier_of
from services.risk.vendors.vendors.schemas import OffboardingProof, ReviewCall, VendorDraft, VendorRevision
from shared.data.records import ANY_VERSION, lock_free, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.vendors import (
    VendorActivated,
    VendorEvent,
    VendorOffboarded,
    VendorOffboardingBegun,
    VendorRegistered,
    VendorReinstated,
    VendorReviewCalledFor,
    VendorReviewDue,
    VendorRevised,
    VendorSuspended,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import require_people, require_person
from shared.problems import CodeTaken, Conflict, Fault, Invalid, not_allowed


class VendorRejected(Conflict):
    """The last review rejected the vendor."""


class UnknownAsset(Invalid):
    """Some of the assets do not exist."""


async def register(session: AsyncSession, *, draft: VendorDraft, by: Actor, at: datetime) -> Vendor:
    """Register a prospect; its first review is due at once. `CodeTaken` when the organisation has one of that code."""
    owner_id = await require_person(session, draft.owner, "/owner")
    await _require_assets(session, draft.asset_ids)
    if (await session.execute(select(Vendor.id).where(Vendor.code == draft.code))).first():
        raise CodeTaken(f"Another vendor has the code {draft.code}.", faults=[Fault("/code", "taken")])
    vendor = Vendor(
        **draft.model_dump(exclude={"owner", "contacts"}),
        contacts=[contact.model_dump() for contact in draft.contacts],
        owner_id=owner_id,
        tier="",
        tier_reasons=[],
        review_due_on=day_of(at),
        review_cause=ReviewCause.ONBOARDING,
        review_told_for=day_of(at),  # who registers it knows
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    _set_tier(vendor)
    session.add(vendor)
    tell(session, vendor, VendorRegistered, by=by, at=at)
    return vendor


async def revise(
    session: AsyncSession, vendor_id: UUID, *, revision: VendorRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what is known of a vendor that is not offboarded; its tier follows."""
    owners = await require_people(session, {"/owner": revision.owner})
    await _require_assets(session, revision.asset_ids or ())
    vendor = await locked_vendor(session, vendor_id, "revise", expected=expected)
    for name, value in revision.model_dump(exclude={"owner"}, exclude_none=True).items():
        setattr(vendor, name, value)
    for owner in owners.values():
        vendor.owner_id = owner.id
    _set_tier(vendor)
    tell(session, vendor, VendorRevised, by=by, at=at)


async def call_for_review(session: AsyncSession, vendor_id: UUID, *, call: ReviewCall, by: Actor, at: datetime) -> None:
    """Have a vendor reviewed before its time, from today on."""
    vendor = await locked_vendor(session, vendor_id, "call for a review")
    review_by_event(session, vendor, call.cause, by=by, at=at, reason=call.reason)


def review_by_event(
    session: AsyncSession, vendor: Vendor, cause: ReviewCause, *, by: Actor, at: datetime, reason: str
) -> None:
    """Let the review of a vendor be due today, unless it is already."""
    today = day_of(at)
    if vendor.review_due_on is None or vendor.review_due_on > today:
        vendor.review_due_on = vendor.review_told_for = today
    vendor.review_cause = cause
    tell(session, vendor, VendorReviewCalledFor, by=by, at=at, reason=reason)


async def activate(session: AsyncSession, vendor_id: UUID, *, by: Actor, at: datetime) -> None:
    """Approved, with or without conditions → active."""
    vendor = await locked_vendor(session, vendor_id, "activate")
    vendor.status = VendorStatus.ACTIVE
    tell(session, vendor, VendorActivated, by=by, at=at)


async def suspend(session: AsyncSession, vendor_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → suspended."""
    vendor = await locked_vendor(session, vendor_id, "suspend")
    vendor.status, vendor.status_reason = VendorStatus.SUSPENDED, reason
    tell(session, vendor, VendorSuspended, by=by, at=at, reason=reason)


async def reinstate(session: AsyncSession, vendor_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Suspended → active. `VendorRejected` while the last review stands against it."""
    vendor = await locked_vendor(session, vendor_id, "reinstate")
    if vendor.approval == VendorStatus.REJECTED:
        raise VendorRejected("The last review rejected the vendor; review it again first.")
    vendor.status, vendor.status_reason = VendorStatus.ACTIVE, None
    tell(session, vendor, VendorReinstated, by=by, at=at, reason=reason)


async def begin_offboarding(session: AsyncSession, vendor_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """→ offboarding: no review is due any more."""
    vendor = await locked_vendor(session, vendor_id, "begin offboarding")
    vendor.status, vendor.status_reason = VendorStatus.OFFBOARDING, reason
    vendor.review_due_on = vendor.review_cause = None
    tell(session, vendor, VendorOffboardingBegun, by=by, at=at, reason=reason)


async def complete_offboarding(
    session: AsyncSession, vendor_id: UUID, *, proof: OffboardingProof, by: Actor, at: datetime
) -> None:
    """Offboarding → offboarded, with evidence that access is revoked and data is returned or destroyed."""
    if faults := faults_of_proof(proof, day_of(at)):
        raise Invalid("; ".join(fault.detail for fault in faults), faults=faults)
    await require_evidence(session, proof.access_evidence_ids, "/access_evidence_ids")
    await require_evidence(session, proof.data_evidence_ids, "/data_evidence_ids")
    vendor = await locked_vendor(session, vendor_id, "complete offboarding")
    vendor.status, vendor.offboarding = VendorStatus.OFFBOARDED, proof.model_dump(mode="json")
    tell(session, vendor, VendorOffboarded, by=by, at=at)


async def announce_reviews(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which vendors are to be reviewed, each once for a due day; how many it was."""
    due = unannounced_reviews(as_of).with_only_columns(Vendor).order_by(col(Vendor.review_due_on)).limit(limit)
    vendors = await lock_free(session, due)
    for vendor in vendors:
        vendor.review_told_for = vendor.review_due_on
        tell(session, vendor, VendorReviewDue, by=SYSTEM, at=as_of)
    return len(vendors)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's vendors to another."""
    live = col(Vendor.status) != VendorStatus.OFFBOARDED
    owned = select(Vendor).where(Vendor.owner_id == handover.from_person, live).order_by(col(Vendor.id))
    for vendor in await lock_rows(session, owned):
        vendor.owner_id = handover.to_person
        tell(session, vendor, VendorRevised, by=SYSTEM, at=handover.at, reason=handover.reason)


async def locked_vendor(session: AsyncSession, vendor_id: UUID, verb: str, *, expected: int = ANY_VERSION) -> Vendor:
    """The vendor, locked, whose status allows a verb."""
    vendor = await locked(session, Vendor, vendor_id, noun="vendor", expected=expected)
    can = allowed(VendorStatus(vendor.status))
    if verb not in can:
        raise not_allowed(verb, vendor.status, can)
    return vendor


def tell(
    session: AsyncSession,
    vendor: Vendor,
    kind: type[VendorEvent],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Announce what happened to a vendor."""
    names = ("code", "name", "kind", "tier", "status", "review_due_on")
    facts: dict[str, Any] = {name: getattr(vendor, name) for name in names}
    facts["title"] = facts.pop("name")
    announce(session, kind.model_validate(facts), about=vendor, by=by, at=at, reason=reason)


def due_day(vendor: Vendor, at: datetime) -> date:
    """The day that a review which begins now is counted by."""
    return vendor.review_due_on or day_of(at)


def _set_tier(vendor: Vendor) -> None:
    facts = TierFacts(**{name: getattr(vendor, name) for name in TierFacts.__slots__})
    tier, reasons = tier_of(facts)
    vendor.tier = tier
    vendor.tier_reasons = [reason.model_dump(mode="json") for reason in reasons]


async def _require_assets(session: AsyncSession, ids: Sequence[UUID]) -> None:
    known = await kinds_of(session, ids) if ids else {}
    if faults := [Fault(f"/asset_ids/{n}", "There is no such asset.") for n, key in enumerate(ids) if key not in known]:
        raise UnknownAsset("Some of the assets do not exist.", faults=faults)
