"""The verbs by which a scope is frozen and its risks are rated. Each holds the assessment first, then its risks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.assessments.assessed_risks.models import AssessedRisk, AssessedRiskStatus
from services.risk.assessments.assessed_risks.queries import in_scope, terms_of
from services.risk.assessments.assessed_risks.rules import (
    agreed,
    frozen_of,
    given_rating,
    result_of,
    status_of,
    with_rating,
)
from services.risk.assessments.assessed_risks.schemas import DisputeResolution, ParticipantRating
from services.risk.assessments.assessments.actions import locked_for, tell
from services.risk.assessments.assessments.models import Assessment, AssessmentStatus
from services.risk.assessments.assessments.rules import next_notice
from services.risk.assessments.assessments.schemas import LARGEST_SCOPE, AssessmentScope
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.models import Risk
from services.risk.register.risks.rules import faults_in_inherent
from services.risk.register.risks.schemas import InherentRating
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.data.records import found, lock_by_id, locked
from shared.events.catalogue.risk_assessments import (
    AboutAssessedRisk,
    AssessedRiskConfirmed,
    AssessedRiskDisputed,
    AssessedRiskRated,
    AssessedRiskResolved,
    RiskAssessmentStarted,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart, person_of
from shared.problems import Conflict, Fault, Forbidden, Invalid, NotFound, not_allowed

_NOUN = "assessed risk"


class EmptyScope(Conflict):
    """No risk of the scope is open: there is nothing to assess."""


class OnlyParticipantsRate(Forbidden):
    """Only participants of the assessment rate its risks."""


class NotDisputed(Conflict):
    """Only a disputed risk is resolved."""


async def start(session: AsyncSession, assessment_id: UUID, *, by: Actor, at: datetime) -> None:
    """Draft → started: freeze the scope, with the ratings, the method and the health of the controls. `EmptyScope`."""
    in_force = await lock_register(session)
    assessment = await locked_for(session, assessment_id, "start")
    scope = await in_scope(session, AssessmentScope.model_validate(assessment.scope))
    if not scope:
        raise EmptyScope("No risk of the scope is open.")
    if len(scope) > LARGEST_SCOPE:
        detail = f"The scope has {len(scope)} risks; an assessment has {LARGEST_SCOPE} at most."
        raise Invalid(detail, faults=[Fault("/scope", detail)])
    risks = await lock_by_id(session, Risk, scope)
    known = await control_facts(session, {key for risk in risks for key in risk.control_ids()})
    for risk in risks:
        session.add(
            AssessedRisk(
                assessment_id=assessment.id,
                risk_id=risk.id,
                risk_code=risk.code,
                risk_title=risk.title,
                category=risk.category,
                owner_id=risk.owner_id,
                control_ids=risk.control_ids(),
                frozen=frozen_of(risk, known),
                ratings=[],
                rater_ids=[],
                drift=[],
                org_id=assessment.org_id,
                created_at=at,
                updated_at=at,
            )
        )
    assessment.status, assessment.method_number = AssessmentStatus.STARTED, in_force.number
    assessment.started_at, assessment.started_by = at, by.recorded
    assessment.progress = {str(status): 0 for status in AssessedRiskStatus} | {
        str(AssessedRiskStatus.UNTOUCHED): len(risks)
    }
    assessment.notice_at = next_notice(assessment.due_on, at)
    tell(session, assessment, RiskAssessmentStarted, by=by, at=at)


async def rate(
    session: AsyncSession, assessed_risk_id: UUID, *, given: ParticipantRating, by: Actor, at: datetime
) -> None:
    """Rate a risk as a participant, or otherwise than before: `OnlyParticipantsRate`. What was resolved is so anew."""
    assessment, assessed, terms = await _locked(session, assessed_risk_id, "rate")
    person = person_of(by)
    if person is None or person not in assessment.participant_ids:
        raise OnlyParticipantsRate(f"Only the participants of '{assessment.title}' rate its risks.")
    if assessed.status == AssessedRiskStatus.RESOLVED:
        raise not_allowed("rate", assessed.status, ["resolve"])
    rating = _checked(given.inherent, terms) | {
        "comment": given.comment,
        "by": by.recorded,
        "at": at.isoformat(),
    }
    before = assessed.status
    assessed.ratings = with_rating(assessed.ratings, rating)
    _settle(assessment, assessed, terms, person)
    steps = {name: rating[name] for name in ("likelihood", "impact")}
    _tell(session, assessed, AssessedRiskRated, by=by, at=at, reason=given.comment, **steps)
    if assessed.status != before and assessed.status == AssessedRiskStatus.CONFIRMED:
        _tell(session, assessed, AssessedRiskConfirmed, by=by, at=at)
    if assessed.status != before and assessed.status == AssessedRiskStatus.DISPUTED:
        _tell(session, assessed, AssessedRiskDisputed, by=by, at=at)


async def resolve(
    session: AsyncSession, assessed_risk_id: UUID, *, given: DisputeResolution, by: Actor, at: datetime
) -> None:
    """Decide what a disputed risk is rated. `NotDisputed`; `SeparationOfDuties` for who has rated it."""
    assessment, assessed, terms = await _locked(session, assessed_risk_id, "resolve")
    if assessed.status not in {AssessedRiskStatus.DISPUTED, AssessedRiskStatus.RESOLVED}:
        raise NotDisputed(f"The risk {assessed.risk_code} is {assessed.status}.")
    for rating in assessed.ratings:
        keep_apart("Who rated a risk cannot resolve its dispute", first=rating["by"], second=by)
    resolution = _checked(given.inherent, terms) | {
        "reason": given.reason,
        "by": by.recorded,
        "at": at.isoformat(),
    }
    assessed.resolution = resolution
    _settle(assessment, assessed, terms, person_of(by))
    steps = {name: resolution[name] for name in ("likelihood", "impact")}
    _tell(session, assessed, AssessedRiskResolved, by=by, at=at, reason=given.reason, **steps)


def _settle(assessment: Assessment, assessed: AssessedRisk, terms: MethodTerms, person: UUID | None) -> None:
    """Bring a risk and the count of its assessment to the state that the ratings leave."""
    before = AssessedRiskStatus(assessed.status)
    status = status_of(assessed.ratings, assessed.resolution, assessment.raters_needed)
    rating = agreed(status, assessed.ratings, assessed.resolution)
    assessed.result = result_of(rating, assessed.category, assessed.frozen, terms) if rating else None
    assessed.status = status
    if person is not None and person not in assessed.rater_ids:
        assessed.rater_ids = [*assessed.rater_ids, person]
    if status != before:
        counts = dict(assessment.progress)
        counts[before] -= 1
        counts[status] += 1
        assessment.progress = counts
    assessment.status = AssessmentStatus.RATING


def _checked(inherent: InherentRating, terms: MethodTerms) -> dict[str, Any]:
    if faults := faults_in_inherent(inherent, terms):
        raise Invalid("; ".join(fault.detail for fault in faults), faults=faults)
    return given_rating(inherent, terms)


async def _locked(
    session: AsyncSession, assessed_risk_id: UUID, verb: str
) -> tuple[Assessment, AssessedRisk, MethodTerms]:
    seen = await found(session, AssessedRisk, assessed_risk_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {assessed_risk_id}.")
    assessment = await locked_for(session, seen.assessment_id, verb)
    assert assessment.method_number is not None, "it has started"
    terms = await terms_of(session, assessment.method_number)
    return assessment, await locked(session, AssessedRisk, assessed_risk_id, noun=_NOUN), terms


def _tell(
    session: AsyncSession,
    assessed: AssessedRisk,
    kind: type[AboutAssessedRisk],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    **more: Any,
) -> None:
    told = assessed.model_dump(include={"assessment_id", "risk_id", "risk_code", "status"})
    announce(session, kind.model_validate(told | more), about=assessed, by=by, at=at, reason=reason)
