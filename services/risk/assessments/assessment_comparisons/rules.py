"""One assessment beside an earlier one, risk by risk. Pure functions.

Levels are compared by their place in the method, so that only assessments by the same method are comparable.
"""

from collections import Counter
from uuid import UUID

from services.risk.assessments.assessed_risks.schemas import AssessedResult
from services.risk.assessments.assessment_comparisons.schemas import (
    AssessedThen,
    AssessmentComparison,
    ComparedDirection,
    ComparedRisk,
)
from services.risk.assessments.assessment_documents.schemas import AssessmentRecord, RecordedRisk

Found = AssessedResult | None


def comparison_of(assessment: AssessmentRecord, other: AssessmentRecord | None) -> AssessmentComparison:
    """An assessment beside another; without another, every risk has entered."""
    others = other.risks if other else []
    before, after = ({each.risk_id: each for each in rows} for rows in (others, assessment.risks))
    comparable = other is None or other.method_number == assessment.method_number
    compared = [
        _compared(key, before.get(key), after.get(key), comparable=comparable)
        for key in dict.fromkeys([*after, *before])
    ]
    return AssessmentComparison(
        assessment_id=assessment.id,
        with_id=other.id if other else None,
        with_title=other.title if other else None,
        inherent=Counter(each.inherent for each in compared),
        current=Counter(each.current for each in compared),
        risks=sorted(compared, key=lambda each: each.risk_code),
    )


def _compared(
    risk_id: UUID, before: RecordedRisk | None, after: RecordedRisk | None, *, comparable: bool
) -> ComparedRisk:
    latest = after or before
    assert latest is not None
    was, now = (each.result if each else None for each in (before, after))
    directions = {
        kind: _direction(before, after, was, now, rank, comparable=comparable)
        for kind, rank in (("inherent", "inherent_rank"), ("current", "level_rank"))
    }
    return ComparedRisk(
        risk_id=risk_id,
        risk_code=latest.risk_code,
        risk_title=latest.risk_title,
        before=_then(was) if was else None,
        after=_then(now) if now else None,
        **directions,
    )


def _direction(
    before: RecordedRisk | None, after: RecordedRisk | None, was: Found, now: Found, rank: str, *, comparable: bool
) -> ComparedDirection:
    if before is None:
        return ComparedDirection.ENTERED
    if after is None:
        return ComparedDirection.LEFT
    if was is None or now is None:
        return ComparedDirection.UNDECIDED
    if not comparable:
        return ComparedDirection.NOT_COMPARABLE
    before_rank, after_rank = getattr(was, rank), getattr(now, rank)
    if after_rank == before_rank:
        return ComparedDirection.SAME
    return ComparedDirection.UP if after_rank > before_rank else ComparedDirection.DOWN


def _then(result: AssessedResult) -> AssessedThen:
    return AssessedThen(inherent=result.inherent, current=result.current)
