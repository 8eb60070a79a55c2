"""The verbs of an assessment itself. What is about its risks and its approval is beside it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, literal
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.assessments.assessments.models import Assessment, AssessmentStatus
from services.risk.assessments.assessments.queries import with_notices
from services.risk.assessments.assessments.rules import ALLOWED, People, faults_in, frozen_members, next_notice, over_at
from services.risk.assessments.assessments.schemas import AssessmentDraft, AssessmentRevision, AssessmentScope
from services.risk.register.risks.models import Risk
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import ANY_VERSION, lock_free, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.risk_assessments import (
    AboutRiskAssessment,
    RiskAssessmentCancelled,
    RiskAssessmentDrafted,
    RiskAssessmentDueSoon,
    RiskAssessmentOverdue,
    RiskAssessmentRevised,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.identity.permissions import P
from shared.people.duties import Handover
from shared.people.references import require_people, require_person
from shared.problems import Conflict, Fault, Invalid, not_allowed

_NOUN = "risk assessment"
_TOLD = {"title", "status", "criteria", "lead_id", "participant_ids", "approver_ids", "due_on", "progress"}
_AS_GIVEN = {"title", "purpose", "criteria", "scope", "raters_needed", "approvers_needed", "due_on"}


class AssessmentFrozen(Conflict):
    """The assessment has started; only people and due day can change."""


async def draft(session: AsyncSession, *, given: AssessmentDraft, by: Actor, at: datetime) -> Assessment:
    """Draft an assessment. Nothing is frozen before it starts."""
    lead_id = await require_person(session, given.lead, "/lead", needs=P.RISKS_WRITE)
    participants = await _people(session, given.participants)
    approvers = await _approvers(session, given.approvers)
    _refuse([*faults_in(given, People(participants, approvers, given.raters_needed, given.approvers_needed))])
    await _require_risks(session, given.scope)
    assessment = Assessment(
        **_columns(given),
        lead_id=lead_id,
        participant_ids=participants,
        approver_ids=approvers,
        progress={},
        approvals=[],
        returns=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(assessment)
    tell(session, assessment, RiskAssessmentDrafted, by=by, at=at)
    return assessment


async def revise(
    session: AsyncSession, assessment_id: UUID, *, revision: AssessmentRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change an assessment. `AssessmentFrozen` for what cannot change after the start."""
    lead_id = await require_person(session, revision.lead, "/lead", needs=P.RISKS_WRITE) if revision.lead else None
    participants = await _people(session, revision.participants) if revision.participants else None
    approvers = await _approvers(session, revision.approvers) if revision.approvers is not None else None
    assessment = await locked_for(session, assessment_id, "revise", expected=expected)
    if assessment.status != AssessmentStatus.DRAFT and (frozen := frozen_members(revision)):
        raise AssessmentFrozen(
            "Only people and due day change after the start.",
            faults=[Fault(f"/{name}", "It is frozen since the start.") for name in frozen],
        )
    people = People(
        participants or assessment.participant_ids,
        assessment.approver_ids if approvers is None else approvers,
        revision.raters_needed or assessment.raters_needed,
        revision.approvers_needed or assessment.approvers_needed,
    )
    _refuse([*faults_in(revision, people)])
    if revision.scope is not None:
        await _require_risks(session, revision.scope)
    for name, value in _columns(revision).items():
        setattr(assessment, name, value)
    assessment.participant_ids, assessment.approver_ids = list(people.participants), list(people.approvers)
    assessment.lead_id = lead_id or assessment.lead_id
    if revision.due_on is not None and assessment.status != AssessmentStatus.DRAFT:
        assessment.notice_at = next_notice(assessment.due_on, at)
    tell(session, assessment, RiskAssessmentRevised, by=by, at=at)


async def cancel(session: AsyncSession, assessment_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Give an assessment up that is not completed: nothing of it reaches the register."""
    assessment = await locked_for(session, assessment_id, "cancel")
    assessment.status, assessment.cancelled_because = AssessmentStatus.CANCELLED, reason
    assessment.notice_at = None
    tell(session, assessment, RiskAssessmentCancelled, by=by, at=at, reason=reason)


async def announce_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce which assessments are due in a week, and which are overdue, each once."""
    due = with_notices(as_of).with_only_columns(Assessment).order_by(col(Assessment.notice_at)).limit(limit)
    assessments = await lock_free(session, due)
    for assessment in assessments:
        end = over_at(assessment.due_on)
        is_over = end <= as_of
        assessment.notice_at = None if is_over else end
        tell(session, assessment, RiskAssessmentOverdue if is_over else RiskAssessmentDueSoon, by=SYSTEM, at=as_of)
    return len(assessments)


async def hand_over_lead(session: AsyncSession, handover: Handover) -> None:
    """Give the assessments that a person leads to another."""
    led = select(Assessment).where(Assessment.lead_id == handover.from_person, _is_live())
    for assessment in await lock_rows(session, led.order_by(col(Assessment.id))):
        assessment.lead_id = handover.to_person
        tell(session, assessment, RiskAssessmentRevised, by=SYSTEM, at=handover.at, reason=handover.reason)


async def hand_over_rating(session: AsyncSession, handover: Handover) -> None:
    """Let another person rate in the place of one; what was rated stays."""
    naming = select(Assessment).where(
        literal(handover.from_person, Uuid()) == any_(col(Assessment.participant_ids)), _is_live()
    )
    for assessment in await lock_rows(session, naming.order_by(col(Assessment.id))):
        renamed = (handover.to_person if each == handover.from_person else each for each in assessment.participant_ids)
        assessment.participant_ids = [*dict.fromkeys(renamed)]
        tell(session, assessment, RiskAssessmentRevised, by=SYSTEM, at=handover.at, reason=handover.reason)


async def hand_over_approval(session: AsyncSession, handover: Handover) -> None:
    """Let another person approve in the place of one; approvals that were given stay."""
    naming = select(Assessment).where(
        literal(handover.from_person, Uuid()) == any_(col(Assessment.approver_ids)), _is_live()
    )
    for assessment in await lock_rows(session, naming.order_by(col(Assessment.id))):
        renamed = (handover.to_person if each == handover.from_person else each for each in assessment.approver_ids)
        assessment.approver_ids = [*dict.fromkeys(renamed)]
        tell(session, assessment, RiskAssessmentRevised, by=SYSTEM, at=handover.at, reason=handover.reason)


async def locked_for(
    session: AsyncSession, assessment_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> Assessment:
    """The assessment, locked, whose state allows a verb."""
    assessment = await locked(session, Assessment, assessment_id, noun=_NOUN, expected=expected)
    can = ALLOWED[AssessmentStatus(assessment.status)]
    if verb not in can:
        raise not_allowed(verb, assessment.status, can)
    return assessment


def tell(
    session: AsyncSession,
    assessment: Assessment,
    kind: type[AboutRiskAssessment],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    **more: Any,
) -> None:
    """Announce something of an assessment."""
    event = kind.model_validate(assessment.model_dump(include=_TOLD) | more)
    announce(session, event, about=assessment, by=by, at=at, reason=reason)


async def _people(session: AsyncSession, references: list[str]) -> list[UUID]:
    given = {f"/participants/{place}": reference for place, reference in enumerate(references)}
    people = await require_people(session, given, needs=P.RISKS_OWN)
    return [*dict.fromkeys(person.id for person in people.values())]


async def _approvers(session: AsyncSession, references: list[str]) -> list[UUID]:
    given = {f"/approvers/{place}": reference for place, reference in enumerate(references)}
    people = await require_people(session, given, needs=P.RISKS_WRITE)
    return [*dict.fromkeys(person.id for person in people.values())]


async def _require_risks(session: AsyncSession, scope: AssessmentScope) -> None:
    risks = table_of(Risk).c
    there = set((await session.scalars(select(risks.id).where(among(risks.id, scope.risk_ids)))).all())
    missing = [(place, key) for place, key in enumerate(scope.risk_ids) if key not in there]
    _refuse([Fault(f"/scope/risk_ids/{place}", f"There is no risk {key}.") for place, key in missing])


def _columns(given: AssessmentDraft | AssessmentRevision) -> dict[str, Any]:
    """What was given, by column, but for people."""
    values = given.model_dump(include=_AS_GIVEN, exclude_none=True)
    if given.scope is not None:
        values["scope"] = given.scope.model_dump(mode="json")
    if given.criteria is not None:
        values["criteria"] = [*dict.fromkeys(given.criteria)]
    return values


def _is_live() -> Any:
    return col(Assessment.status).not_in((AssessmentStatus.COMPLETED, AssessmentStatus.CANCELLED))


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
