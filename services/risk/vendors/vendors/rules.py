"""The tier of a vendor, what it asks of reviews, and which verb goes with which status. Pure functions.

A tier is the highest that one fact gives; nothing is added up, so that each reason can be read by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from services.risk.vendors.vendors.models import (
    DataClass,
    Dependence,
    Replaceability,
    ReviewCause,
    VendorAccess,
    VendorKind,
    VendorStatus,
    VendorTier,
)
from services.risk.vendors.vendors.schemas import OffboardingProof, TierReason, TierReasonCode
from shared.problems import Fault

_ORDER = list(VendorTier)
_S = VendorStatus
# Months between reviews.
INTERVAL = {VendorTier.LOW: 36, VendorTier.MODERATE: 24, VendorTier.HIGH: 12, VendorTier.CRITICAL: 12}
# The tiers that ask for an auditor's report, and for a questionnaire.
REPORTED = frozenset({VendorTier.HIGH, VendorTier.CRITICAL})
QUESTIONED = REPORTED | {VendorTier.MODERATE}
_LEAVING = frozenset({_S.OFFBOARDING, _S.OFFBOARDED})
_APPROVED = frozenset({_S.APPROVED, _S.APPROVED_WITH_CONDITIONS})
# Whom an event makes due for a review: who is used, or may be.
REVIEWED_BY_EVENT = frozenset({_S.ACTIVE, _S.SUSPENDED}) | _APPROVED
_FROM: dict[str, frozenset[VendorStatus]] = {
    "revise": frozenset(_S) - {_S.OFFBOARDED},
    "review": frozenset(_S) - _LEAVING - {_S.IN_REVIEW},
    "call for a review": REVIEWED_BY_EVENT,
    "activate": _APPROVED,
    "suspend": frozenset({_S.ACTIVE}),
    "reinstate": frozenset({_S.SUSPENDED}),
    "begin offboarding": frozenset({_S.ACTIVE, _S.SUSPENDED, _S.REJECTED, _S.PROSPECT}) | _APPROVED,
    "complete offboarding": frozenset({_S.OFFBOARDING}),
}


@dataclass(frozen=True, slots=True)
class TierFacts:
    """What a vendor's tier follows from."""

    kind: VendorKind
    data_class: DataClass
    personal_data: bool
    access: VendorAccess
    dependence: Dependence
    replaceability: Replaceability


def allowed(status: VendorStatus) -> list[str]:
    """The verbs that a status allows."""
    return [verb for verb, statuses in _FROM.items() if status in statuses]


def tier_of(facts: TierFacts) -> tuple[VendorTier, list[TierReason]]:
    """The tier, and every fact that gives one, the highest first."""
    reasons = sorted(_reasons(facts), key=lambda reason: -_ORDER.index(reason.tier))
    if not reasons:
        text = "It gets no data beyond public data and no access, and our service does without it."
        reasons = [TierReason(code=TierReasonCode.NOTHING_MORE, tier=VendorTier.LOW, text=text)]
    return reasons[0].tier, reasons


def next_review(due_on: date, tier: VendorTier) -> date:
    """When a vendor is reviewed next: counted from the day the last review was due, not from when it was done."""
    return due_on + relativedelta(months=INTERVAL[tier])


def cause_of_next(approval: str | None) -> ReviewCause:
    """Why the next review is due by the calendar."""
    return ReviewCause.ONBOARDING if approval is None else ReviewCause.PERIODIC


def faults_of_proof(proof: OffboardingProof, today: date) -> list[Fault]:
    """What is missing in, or wrong with, the proof that a vendor has left."""
    faults = []
    if proof.access_revoked_on > today:
        faults.append(Fault("/access_revoked_on", "The day has not come yet."))
    if proof.data == "none_held":
        if proof.data_settled_on or proof.data_evidence_ids:
            faults.append(Fault("/data", "A vendor that held no data has none to return or destroy."))
        return faults
    if proof.data_settled_on is None:
        faults.append(Fault("/data_settled_on", f"Say when the data was {proof.data}."))
    elif proof.data_settled_on > today:
        faults.append(Fault("/data_settled_on", "The day has not come yet."))
    if not proof.data_evidence_ids:
        faults.append(Fault("/data_evidence_ids", f"Show that the data was {proof.data}."))
    return faults


def _reasons(facts: TierFacts) -> Iterator[TierReason]:
    if facts.kind == VendorKind.SUBSERVICE:
        text = "Its controls are necessary, together with ours, to meet the criteria."
        yield TierReason(code=TierReasonCode.SUBSERVICE, tier=VendorTier.HIGH, text=text)
    data = _DATA.get(facts.data_class)
    if data is not None:
        privileged = facts.data_class == DataClass.RESTRICTED and facts.access == VendorAccess.PRIVILEGED
        tier = VendorTier.CRITICAL if privileged else data
        more = " and has privileged access" if privileged else ""
        text = f"It gets {facts.data_class} data{more}."
        yield TierReason(code=TierReasonCode.DATA_CLASS, tier=tier, text=text)
    if facts.personal_data:
        text = "It gets personal data."
        yield TierReason(code=TierReasonCode.PERSONAL_DATA, tier=VendorTier.HIGH, text=text)
    if facts.access in _ACCESS:
        tier, words = _ACCESS[facts.access]
        yield TierReason(code=TierReasonCode.ACCESS, tier=tier, text=words)
    if facts.dependence == Dependence.STOPS:
        hard = facts.replaceability == Replaceability.MONTHS
        tier = VendorTier.CRITICAL if hard else VendorTier.HIGH
        text = f"Our service stops without it, and replacing it takes {facts.replaceability}."
        yield TierReason(code=TierReasonCode.DEPENDENCE, tier=tier, text=text)
    if facts.dependence == Dependence.DEGRADED:
        text = "Our service is degraded without it."
        yield TierReason(code=TierReasonCode.DEPENDENCE, tier=VendorTier.MODERATE, text=text)


_DATA = {
    DataClass.INTERNAL: VendorTier.MODERATE,
    DataClass.CONFIDENTIAL: VendorTier.HIGH,
    DataClass.RESTRICTED: VendorTier.HIGH,
}
_ACCESS = {
    VendorAccess.PREMISES: (VendorTier.MODERATE, "Its people are on our premises."),
    VendorAccess.USER: (VendorTier.MODERATE, "Its people have accounts in our systems."),
    VendorAccess.PRIVILEGED: (VendorTier.HIGH, "Its people have privileged access to our systems."),
}
