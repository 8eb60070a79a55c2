"""Which failures are candidates, and how they are put. Pure functions.

A candidate (deviation) is an instance in which a control did not work as described. A Type 2 report speaks of
operation throughout the period, a Type 1 report of controls as of one date (AICPA SOC 2 guide), so that a failure
counts when some of it lies within that time: one that began before it and is still there when it begins, too; one
that was over before it does not. Evidence that is not available counts as a deviation (AU-C 530, by analogy).
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from services.audit.engagements.candidates.models import CandidateStatus, DeviationKind
from services.audit.engagements.engagements.rules import Span
from services.audit.engagements.facts.rules import Exceedance, Failure
from shared.events.catalogue.controls import ReasonCode

_OF_EVIDENCE = frozenset({ReasonCode.EVIDENCE_EXPIRED, ReasonCode.EVIDENCE_MISSING, ReasonCode.EVIDENCE_OVERDUE})


def counts(failure: Failure, span: Span, *, as_of: datetime) -> bool:
    """Whether a failure is a candidate for an engagement that speaks of this span, as far as it can be said now."""
    began_in_time = failure.since < span.end
    still_there = failure.until is None or failure.until > span.start
    return began_in_time and still_there and span.start <= as_of


def status_of(failure: Failure, span: Span) -> CandidateStatus:
    """Raised until the control works again. A failure that proves to have been over before the time lapses."""
    if failure.until is None:
        return CandidateStatus.RAISED
    return CandidateStatus.REMEDIATED if failure.until > span.start else CandidateStatus.LAPSED


def kind_of(codes: Collection[str]) -> DeviationKind:
    """Evidence missing, when that is all that is said of the control; otherwise it did not operate as described."""
    if codes and _OF_EVIDENCE.issuperset(codes):
        return DeviationKind.EVIDENCE_MISSING
    return DeviationKind.OPERATION


def nature_of(kind: DeviationKind, since: datetime) -> str:
    """What was found, in words."""
    found = {
        DeviationKind.EVIDENCE_MISSING: "No current evidence shows that the control worked",
        DeviationKind.OPERATION: "The control did not work as described",
    }
    return f"{found[kind]}, from {since:%Y-%m-%d %H:%M} UTC."


def consequences(failure: Failure, exceedances: Iterable[Exceedance]) -> list[Exceedance]:
    """The risks that went above appetite while the control failed, each as it first did, in the order they did."""
    first: dict[UUID, Exceedance] = {}
    for risk in sorted(exceedances, key=lambda risk: (risk.at, risk.risk_id, risk.version)):
        if failure.since <= risk.at and (failure.until is None or risk.at <= failure.until):
            first.setdefault(risk.risk_id, risk)
    return list(first.values())
