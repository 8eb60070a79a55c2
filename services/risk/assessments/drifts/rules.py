"""What moved of a risk since it was frozen: by code, and in words. Pure functions."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.risk.assessments.assessed_risks.models import AssessedRisk, DriftCode
from services.risk.assessments.assessed_risks.rules import answers_in
from services.risk.assessments.assessment_documents.schemas import RecordedAssessment
from services.risk.assessments.drifts.schemas import AssessmentDrift, RiskDrift
from services.risk.register.credits.rules import AnswerFacts, ControlFacts, answers_of, in_words
from services.risk.register.risks.models import Risk
from shared.events.catalogue.risk import RiskStatus


def drift_of(
    assessed: AssessedRisk, frozen_method: int, risk: Risk, known: Mapping[UUID, ControlFacts], method: int
) -> list[dict[str, Any]]:
    """What moved, each a `DriftChange`. A closed risk keeps its last rating: only its end is told."""
    if risk.status == RiskStatus.CLOSED:
        return [{"code": str(DriftCode.CLOSED), "text": f"The risk was closed: {risk.close_reason}."}]
    changes = [
        *_of_ratings(assessed.frozen, risk),
        *_of_owner(assessed, risk),
        *_of_controls(assessed.frozen, answers_of(risk, known)),
    ]
    if method != frozen_method:
        changes.insert(0, (DriftCode.METHOD, f"Method {method} is in force; it was {frozen_method}."))
    return [{"code": str(code), "text": text} for code, text in changes]


def drift_in(recorded: RecordedAssessment, *, at: datetime) -> AssessmentDrift:
    """The risks of a record that moved until its completion, or until now."""
    record = recorded.record
    return AssessmentDrift(
        assessment_id=record.id,
        frozen_at=record.started_at,
        as_of=record.completed_at or at,
        risks=[
            RiskDrift(
                assessed_risk_id=recorded.assessed_ids[each.risk_id],
                risk_id=each.risk_id,
                risk_code=each.risk_code,
                changes=each.drift,
            )
            for each in record.risks
            if each.drift
        ],
    )


def _of_ratings(frozen: Mapping[str, Any], risk: Risk) -> Iterator[tuple[DriftCode, str]]:
    for code in (DriftCode.INHERENT, DriftCode.CURRENT, DriftCode.TARGET):
        was, now = _words(frozen[code]), _words(_rating(risk, code))
        if was != now:
            yield code, f"The {code} rating was {was} and is {now}."


def _of_owner(assessed: AssessedRisk, risk: Risk) -> Iterator[tuple[DriftCode, str]]:
    if assessed.category != risk.category:
        yield DriftCode.CATEGORY, f"The category was {assessed.category} and is {risk.category}."
    if assessed.owner_id != risk.owner_id:
        yield DriftCode.OWNER, "The risk has another owner."


def _of_controls(frozen: Mapping[str, Any], now: list[AnswerFacts]) -> Iterator[tuple[DriftCode, str]]:
    before = {_key(answer): answer for answer in answers_in(frozen)}
    after = {_key(answer): answer for answer in now}
    for key, answer in after.items():
        if key not in before:
            yield DriftCode.CONTROL_ADDED, f"{_name(answer)} answers the risk with {answer.steps} steps."
        elif (was := _state(before[key])) != (state := _state(answer)):
            yield DriftCode.CONTROL_HEALTH, f"{_name(answer)} was {was} and is {state}."
    for key, answer in before.items():
        if key not in after:
            yield DriftCode.CONTROL_REMOVED, f"{_name(answer)} no longer answers the risk with {answer.steps} steps."


def _key(answer: AnswerFacts) -> tuple[str, str, int]:
    return answer.control_id, answer.effect_on, answer.steps


def _name(answer: AnswerFacts) -> str:
    return f"Control {answer.control.code}" if answer.control else f"Control {answer.control_id}"


def _state(answer: AnswerFacts) -> str:
    control = answer.control
    if control is None:
        return "not known"
    if control.retired:
        return "retired"
    return in_words(control.health) if control.in_operation else "planned"


def _rating(risk: Risk, kind: str) -> dict[str, Any] | None:
    rating = {name: getattr(risk, f"{kind}_{name}") for name in ("likelihood", "impact", "level")}
    return rating if rating["likelihood"] is not None else None


def _words(rating: Mapping[str, Any] | None) -> str:
    if rating is None:
        return "none"
    return f"{rating['level']} (likelihood {rating['likelihood']}, impact {rating['impact']})"
