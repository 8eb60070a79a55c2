"""How a nonconformity goes from raised to closed. Pure functions (ISO/IEC 17021-1, 9.4.9, 9.4.10, 9.5.2, 9.5.3).

Before a certificate is granted, the plan for every minor one is accepted, and the action on every major one verified:
of a stage 2 within six months of its last day, or another stage 2 is conducted first.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.engagements.rules import months_after
from services.audit.judgement.nonconformities.models import NonconformityGrade, NonconformityStatus

_S = NonconformityStatus
_MONTHS = 6
# Stage 1 has areas of concern, and grades nothing.
AUDITED = frozenset(
    {
        EngagementKind.ISO27001_INTERNAL,
        EngagementKind.ISO27001_STAGE2,
        EngagementKind.ISO27001_SURVEILLANCE,
        EngagementKind.ISO27001_RECERTIFICATION,
    }
)


class NonconformityStep(StrEnum):
    """What the auditing party does with an answer; a grade is changed at any time before it is closed."""

    ACCEPT_PLAN = "accept_plan"
    RETURN_PLAN = "return_plan"
    VERIFY = "verify"
    RETURN_EVIDENCE = "return_evidence"
    CLOSE = "close"
    REGRADE = "regrade"


class AuditeeStep(StrEnum):
    """What the auditee does."""

    ACKNOWLEDGE = "acknowledge"
    SUBMIT_PLAN = "submit_plan"
    SUBMIT_EVIDENCE = "submit_evidence"


_STEPS: dict[StrEnum, tuple[frozenset[NonconformityStatus], NonconformityStatus]] = {
    AuditeeStep.ACKNOWLEDGE: (frozenset({_S.RAISED}), _S.ACKNOWLEDGED),
    AuditeeStep.SUBMIT_PLAN: (frozenset({_S.ACKNOWLEDGED, _S.PLAN_SUBMITTED}), _S.PLAN_SUBMITTED),
    AuditeeStep.SUBMIT_EVIDENCE: (frozenset({_S.PLAN_ACCEPTED, _S.EVIDENCE_SUBMITTED}), _S.EVIDENCE_SUBMITTED),
    NonconformityStep.ACCEPT_PLAN: (frozenset({_S.PLAN_SUBMITTED}), _S.PLAN_ACCEPTED),
    NonconformityStep.RETURN_PLAN: (frozenset({_S.PLAN_SUBMITTED}), _S.ACKNOWLEDGED),
    NonconformityStep.VERIFY: (frozenset({_S.EVIDENCE_SUBMITTED}), _S.VERIFIED),
    NonconformityStep.RETURN_EVIDENCE: (frozenset({_S.EVIDENCE_SUBMITTED}), _S.PLAN_ACCEPTED),
    NonconformityStep.CLOSE: (frozenset({_S.VERIFIED}), _S.CLOSED),
}
_CLOSED_ENOUGH = {
    NonconformityGrade.MAJOR: frozenset({_S.VERIFIED, _S.CLOSED}),
    NonconformityGrade.MINOR: frozenset({_S.PLAN_ACCEPTED, _S.EVIDENCE_SUBMITTED, _S.VERIFIED, _S.CLOSED}),
}


def after(step: StrEnum, status: NonconformityStatus) -> NonconformityStatus | None:
    """Where a step leads from a status; None where it cannot be taken."""
    if step == NonconformityStep.REGRADE:
        return None if status == _S.CLOSED else status
    allowed, to = _STEPS[step]
    return to if status in allowed else None


def allowed_steps(status: NonconformityStatus) -> list[str]:
    """The steps that can be taken from a status, by either party."""
    return [str(step) for step in (*AuditeeStep, *NonconformityStep) if after(step, status) is not None]


def verify_by(kind: EngagementKind, grade: NonconformityGrade, last_day: date | None) -> date | None:
    """The last day on which one counts as verified without another stage 2; None where there is no such day."""
    if kind != EngagementKind.ISO27001_STAGE2 or grade != NonconformityGrade.MAJOR or last_day is None:
        return None
    return months_after(last_day, _MONTHS)


def was_late(by: date | None, verified_on: date | None, today: date) -> bool:
    """Whether one was not verified on its last day, or is not and that day is over."""
    return by is not None and (verified_on or today) > by


def lets_certify(found: Iterable[tuple[NonconformityGrade, NonconformityStatus]]) -> bool:
    """Whether none of these stands against a certificate."""
    return all(status in _CLOSED_ENOUGH[grade] for grade, status in found)
