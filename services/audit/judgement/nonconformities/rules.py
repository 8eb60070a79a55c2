"""How a nonconformity goes from raised to closed. Pure functions (ISO/IEC 17021-1, 9.4.9, 9.4.10, 9.5.2).

Before a certificate is granted, the plan for every minor one is accepted, and the action on every major one verified.
"""

from collections.abc import Iterable
from enum import StrEnum

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.judgement.nonconformities.models import NonconformityGrade, NonconformityStatus

_S = NonconformityStatus
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


def lets_certify(found: Iterable[tuple[NonconformityGrade, NonconformityStatus]]) -> bool:
    """Whether none of these stands against a certificate."""
    return all(status in _CLOSED_ENOUGH[grade] for grade, status in found)
