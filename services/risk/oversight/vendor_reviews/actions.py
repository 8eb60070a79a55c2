"""The verbs of a review, each under the lock of its vendor."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.oversight.vendor_conditions.actions import set_conditions
from services.risk.oversight.vendor_reviews.models import VendorReview, VendorReviewStatus
from services.risk.oversight.vendor_reviews.queries import accepted_questionnaires, open_review, reviewed_reports
from services.risk.oversight.vendor_reviews.rules import (
    ALLOWED,
    OPEN,
    evidence_faults,
    faults_of,
    status_after,
    strangers,
)
from services.risk.oversight.vendor_reviews.schemas import ReviewAssessment, ReviewEvidence, ReviewStart, VendorDecision
from services.risk.vendors.known_evidence.queries import require_evidence
from services.risk.vendors.vendors.actions import due_day, locked_vendor, tell
from services.risk.vendors.vendors.models import ReviewCause, Vendor, VendorStatus, VendorTier
from services.risk.vendors.vendors.rules import next_review
from shared.data.records import found, lock_rows, locked
from shared.events.catalogue.vendors import (
    VendorApproved,
    VendorEvent,
    VendorRejectedByReview,
    VendorReviewAssessed,
    VendorReviewCancelled,
    VendorReviewClosed,
    VendorReviewDecided,
    VendorReviewGathered,
    VendorReviewHandedOver,
    VendorReviewStarted,
    VendorReviewTold,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, keep_apart
from shared.identity.permissions import P
from shared.people.duties import Handover
from shared.people.references import require_person
from shared.problems import Conflict, Invalid, NotFound, not_allowed

_NOUN = "vendor review"
_DECIDED: dict[VendorStatus, type[VendorEvent]] = {VendorStatus.REJECTED: VendorRejectedByReview}


class ReviewOpen(Conflict):
    """A review of this vendor is not closed yet."""


async def start(session: AsyncSession, vendor_id: UUID, *, given: ReviewStart, by: Actor, at: datetime) -> VendorReview:
    """Begin to review a vendor; one that is not in use yet is in review. `ReviewOpen` while another is not closed."""
    reviewer_id = await require_person(session, given.reviewer, "/reviewer", needs=P.VENDORS_WRITE)
    vendor = await locked(session, Vendor, vendor_id, noun="vendor")
    if before := await open_review(session, vendor_id):
        raise ReviewOpen(f"The review {before.id} is {before.status}.")
    vendor = await locked_vendor(session, vendor_id, "review")
    review = VendorReview(
        vendor_id=vendor.id,
        cause=vendor.review_cause or ReviewCause.PERIODIC,
        tier=vendor.tier,
        due_on=due_day(vendor, at),
        reviewer_id=reviewer_id,
        started_by=by.recorded,
        evidence_ids=[],
        report_ids=[],
        questionnaire_ids=[],
        org_id=vendor.org_id,
        created_at=at,
        updated_at=at,
    )
    session.add(review)
    if vendor.status in {VendorStatus.PROSPECT, VendorStatus.REJECTED}:
        vendor.status, vendor.status_reason = VendorStatus.IN_REVIEW, None
    _tell(session, review, VendorReviewStarted, by=by, at=at)
    return review


async def gather(session: AsyncSession, review_id: UUID, *, given: ReviewEvidence, by: Actor, at: datetime) -> None:
    """→ evidence gathered, with what the review looks at; again as long as nothing is assessed."""
    await require_evidence(session, given.evidence_ids, "/evidence_ids")
    vendor, review = await _locked(session, review_id, "gather")
    faults = evidence_faults(given, VendorTier(review.tier))
    reports = await reviewed_reports(session, vendor.id, given.report_ids)
    faults += strangers(given.report_ids, reports, "/report_ids", "No reviewed report of this vendor.")
    accepted = await accepted_questionnaires(session, vendor.id, given.questionnaire_ids)
    detail = "No accepted questionnaire of this vendor."
    faults += strangers(given.questionnaire_ids, accepted, "/questionnaire_ids", detail)
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
    review.status = VendorReviewStatus.EVIDENCE_GATHERED
    review.report_ids, review.questionnaire_ids = list(given.report_ids), list(given.questionnaire_ids)
    review.evidence_ids, review.evidence_note = list(given.evidence_ids), given.note
    _tell(session, review, VendorReviewGathered, by=by, at=at)


async def assess(session: AsyncSession, review_id: UUID, *, given: ReviewAssessment, by: Actor, at: datetime) -> None:
    """→ assessed; again until it is decided."""
    _, review = await _locked(session, review_id, "assess")
    review.status, review.assessment = VendorReviewStatus.ASSESSED, given.model_dump(mode="json")
    review.assessed_by, review.assessed_at = by.recorded, at
    _tell(session, review, VendorReviewAssessed, by=by, at=at)


async def decide(session: AsyncSession, review_id: UUID, *, decision: VendorDecision, by: Actor, at: datetime) -> None:
    """Assessed → decided, by neither the reviewer nor who assessed it; the vendor's status follows."""
    vendor, review = await _locked(session, review_id, "decide")
    keep_apart("The reviewer of a vendor cannot decide on it", first=review.reviewer_id, second=by)
    assert review.assessed_by is not None, "only what was assessed is decided"
    keep_apart("Who assessed a vendor cannot decide on it", first=review.assessed_by, second=by)
    if faults := faults_of(decision):
        raise Invalid(faults[0].detail, faults=faults)
    before = VendorStatus(vendor.status)
    if before in {VendorStatus.OFFBOARDING, VendorStatus.OFFBOARDED}:
        raise not_allowed("decide on a vendor", before, [])
    await set_conditions(session, vendor, review.id, drafts=decision.conditions, by=by, at=at)
    review.status, review.outcome, review.decision_reason = (
        VendorReviewStatus.DECIDED,
        decision.outcome,
        decision.reason,
    )
    review.decided_by, review.decided_at = by.recorded, at
    vendor.approval, vendor.approved_at = decision.outcome, at
    vendor.status = status_after(before, decision.outcome)
    vendor.status_reason = decision.reason if decision.outcome == VendorStatus.REJECTED else None
    _tell(session, review, VendorReviewDecided, by=by, at=at, reason=decision.reason)
    kind = _DECIDED.get(decision.outcome, VendorApproved)
    tell(session, vendor, kind, by=by, at=at, reason=decision.reason)


async def close(session: AsyncSession, review_id: UUID, *, by: Actor, at: datetime) -> None:
    """Decided → closed: the next review is due one interval after this one was."""
    vendor, review = await _locked(session, review_id, "close")
    review.status, review.closed_at = VendorReviewStatus.CLOSED, at
    if vendor.status not in {VendorStatus.OFFBOARDING, VendorStatus.OFFBOARDED}:
        review.next_review_on = next_review(review.due_on, VendorTier(vendor.tier))
        vendor.review_due_on, vendor.review_cause = review.next_review_on, ReviewCause.PERIODIC
    _tell(session, review, VendorReviewClosed, by=by, at=at)


async def cancel(session: AsyncSession, review_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """→ cancelled, until it is decided; a vendor that is only in review is a prospect again."""
    vendor, review = await _locked(session, review_id, "cancel")
    review.status, review.cancelled_because = VendorReviewStatus.CANCELLED, reason
    if vendor.status == VendorStatus.IN_REVIEW:
        vendor.status = VendorStatus.REJECTED if vendor.approval == VendorStatus.REJECTED else VendorStatus.PROSPECT
    _tell(session, review, VendorReviewCancelled, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's open reviews to another."""
    naming = select(VendorReview).where(
        VendorReview.reviewer_id == handover.from_person, col(VendorReview.status).in_(OPEN)
    )
    for review in await lock_rows(session, naming.order_by(col(VendorReview.id))):
        review.reviewer_id = handover.to_person
        _tell(session, review, VendorReviewHandedOver, by=SYSTEM, at=handover.at, reason=handover.reason)


async def _locked(session: AsyncSession, review_id: UUID, verb: str) -> tuple[Vendor, VendorReview]:
    seen = await found(session, VendorReview, review_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {review_id}.")
    vendor = await locked(session, Vendor, seen.vendor_id, noun="vendor")
    review = await locked(session, VendorReview, review_id, noun=_NOUN)
    can = ALLOWED[VendorReviewStatus(review.status)]
    if verb not in can:
        raise not_allowed(verb, review.status, can)
    return vendor, review


def _tell(
    session: AsyncSession,
    review: VendorReview,
    kind: type[VendorReviewTold],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    names = {"vendor_id", "cause", "tier", "status", "due_on", "reviewer_id", "outcome", "next_review_on"}
    announce(session, kind.model_validate(review.model_dump(include=names)), about=review, by=by, at=at, reason=reason)
