"""Which verb goes with which state of a review, and what a decision does to a vendor. Pure functions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.risk.oversight.vendor_reviews.models import VendorReviewStatus
from services.risk.oversight.vendor_reviews.schemas import ReviewEvidence, VendorDecision
from services.risk.vendors.vendors.models import VendorStatus, VendorTier
from services.risk.vendors.vendors.rules import QUESTIONED, REPORTED
from shared.problems import Fault

_S = VendorReviewStatus
ALLOWED: dict[VendorReviewStatus, list[str]] = {
    _S.STARTED: ["gather", "cancel"],
    _S.EVIDENCE_GATHERED: ["gather", "assess", "cancel"],
    _S.ASSESSED: ["assess", "decide", "cancel"],
    _S.DECIDED: ["close"],
    _S.CLOSED: [],
    _S.CANCELLED: [],
}
OPEN = frozenset({_S.STARTED, _S.EVIDENCE_GATHERED, _S.ASSESSED, _S.DECIDED})


def evidence_faults(given: ReviewEvidence, tier: VendorTier) -> list[Fault]:
    """What a review of this tier looks at and that is not named, unless the note says why."""
    if given.note is not None:
        return []
    if tier in REPORTED and not given.report_ids:
        return [Fault("/note", "The tier asks for an auditor's report: name a reviewed one, or say why there is none.")]
    if tier in QUESTIONED and not given.questionnaire_ids:
        return [Fault("/note", "The tier asks for a questionnaire: name an accepted one, or say why there is none.")]
    if not (given.report_ids or given.questionnaire_ids or given.evidence_ids):
        return [Fault("/note", "Say what the review looks at.")]
    return []


def strangers(ids: Sequence[UUID], known: Collection[UUID], pointer: str, detail: str) -> list[Fault]:
    """Ids that mean nothing a review can look at."""
    return [Fault(f"{pointer}/{place}", detail) for place, key in enumerate(ids) if key not in known]


def faults_of(decision: VendorDecision) -> list[Fault]:
    """Conditions that are missing, or that go with no such outcome."""
    conditional = decision.outcome == VendorStatus.APPROVED_WITH_CONDITIONS
    if conditional and not decision.conditions:
        return [Fault("/conditions", "Name at least one condition, with its owner and due day.")]
    if decision.conditions and not conditional:
        return [Fault("/conditions", "Conditions go with `approved_with_conditions` only.")]
    return []


def status_after(before: VendorStatus, outcome: VendorStatus) -> VendorStatus:
    """Where a vendor stands after a decision: one in use stays in use, unless it is rejected."""
    in_use = before in {VendorStatus.ACTIVE, VendorStatus.SUSPENDED}
    if not in_use:
        return outcome
    return VendorStatus.SUSPENDED if outcome == VendorStatus.REJECTED else before
