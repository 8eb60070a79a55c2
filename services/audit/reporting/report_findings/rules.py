"""How a report words what is on record of areas of concern and nonconformities. Pure functions."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.audit.judgement.areas_of_concern.models import AreaOfConcern, ConcernStatus
from services.audit.judgement.nonconformities.models import Nonconformity, NonconformityGrade, NonconformityStatus
from services.audit.judgement.nonconformities.rules import lets_certify
from services.audit.wording.audit_contents import AuditFinding, FindingGrade, TakenUp
from services.audit.wording.phrases import day_of, sentence

_FRAMEWORK = "iso27001:"
_ACCEPTED = frozenset(NonconformityStatus) - {
    NonconformityStatus.RAISED,
    NonconformityStatus.ACKNOWLEDGED,
    NonconformityStatus.PLAN_SUBMITTED,
}
_OUTCOMES = {
    NonconformityStatus.RAISED: "Not acknowledged yet",
    NonconformityStatus.ACKNOWLEDGED: "Acknowledged; the plan is open",
    NonconformityStatus.PLAN_SUBMITTED: "The plan is submitted and not accepted yet",
    NonconformityStatus.PLAN_ACCEPTED: "The plan is accepted; its action is not verified yet",
    NonconformityStatus.EVIDENCE_SUBMITTED: "Evidence of the action is submitted and not verified yet",
}


def finding_of_concern(noted: AreaOfConcern) -> AuditFinding:
    """An area of concern, with what the auditee said of it or what cleared it."""
    said = sentence(noted.answer["text"]) if noted.answer else None
    cleared = _reason(noted.history) if noted.status == ConcernStatus.CLEARED else None
    return AuditFinding(
        number=f"C-{noted.number}",
        grade=FindingGrade.CONCERN,
        clause=clause_of(noted.requirement),
        statement=noted.statement,
        evidence=noted.evidence,
        response=f"Cleared: {sentence(cleared)}" if cleared else said,
        is_settled=noted.status != ConcernStatus.NOTED,
    )


def finding_of_nonconformity(raised: Nonconformity) -> AuditFinding:
    """A nonconformity, with the plan once it was accepted."""
    grade, status = NonconformityGrade(raised.grade), NonconformityStatus(raised.status)
    return AuditFinding(
        number=f"NC-{raised.number}",
        grade=FindingGrade(grade.value),
        clause=clause_of(raised.requirement),
        statement=raised.statement,
        evidence=raised.evidence,
        response=_plan(raised) if status in _ACCEPTED else None,
        is_settled=lets_certify([(grade, status)]),
    )


def taken_up_concern(noted: AreaOfConcern, raised: Mapping[UUID, int]) -> TakenUp:
    """What became of an area of concern in the audit that follows; `raised` are its nonconformities' numbers."""
    match noted.status:
        case ConcernStatus.CLEARED:
            outcome = f"Cleared: {sentence(_reason(noted.history) or '')}"
        case ConcernStatus.NONCONFORMITY:
            number = raised.get(noted.nonconformity_id) if noted.nonconformity_id else None
            outcome = f"Raised as nonconformity NC-{number}." if number else "Raised as a nonconformity."
        case _:
            outcome = "Open."
    return TakenUp(
        number=f"C-{noted.number}",
        what="Area of concern",
        clause=clause_of(noted.requirement),
        statement=noted.statement,
        outcome=outcome,
    )


def taken_up_nonconformity(raised: Nonconformity) -> TakenUp:
    """What became of a nonconformity of the audit before."""
    if raised.verified_at is not None:
        outcome = f"Verified as effective on {day_of(raised.verified_at.date())}."
    else:
        outcome = f"{_OUTCOMES[NonconformityStatus(raised.status)]}."
    return TakenUp(
        number=f"NC-{raised.number}",
        what=f"{raised.grade.capitalize()} nonconformity",
        clause=clause_of(raised.requirement),
        statement=raised.statement,
        outcome=outcome,
    )


def clause_of(requirement: str) -> str:
    """A requirement as an audit report names it: of ISO/IEC 27001 by its clause alone."""
    return requirement.removeprefix(_FRAMEWORK)


def _plan(raised: Nonconformity) -> str | None:
    if raised.plan is None:
        return None
    plan = raised.plan
    lines = [
        f"Correction: {sentence(plan['correction'])}",
        f"Cause: {sentence(plan['cause'])}",
        f"Corrective action: {sentence(plan['action'])}",
        f"Due {day_of(date.fromisoformat(plan['due_on']))}.",
    ]
    if raised.verified_at is not None:
        lines.append(f"Verified as effective on {day_of(raised.verified_at.date())}.")
    return "\n".join(lines)


def _reason(history: list[dict[str, Any]]) -> str | None:
    """Why the last step was taken."""
    return history[-1]["reason"] if history else None
