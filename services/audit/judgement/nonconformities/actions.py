"""The verbs of a nonconformity, by both parties. Each step stands in both chains, in the same transaction."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement, EngagementKind
from services.audit.judgement.areas_of_concern.actions import become_nonconformity
from services.audit.judgement.nonconformities.models import Nonconformity, NonconformityGrade, NonconformityStatus
from services.audit.judgement.nonconformities.queries import last_number
from services.audit.judgement.nonconformities.rules import (
    AUDITED,
    AuditeeStep,
    NonconformityStep,
    after,
    allowed_steps,
    verify_by,
)
from services.audit.judgement.nonconformities.schemas import (
    CorrectionPlan,
    EvidenceShown,
    NonconformityDecision,
    NonconformityDraft,
)
from services.audit.papers.tested_engagements.queries import TESTED, engagement_in_work, engagement_taking_up
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import in_organisation, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.nonconformities import AboutNonconformity, NonconformityMoved, NonconformityRaised
from shared.events.trail import announce
from shared.identity.callers import Actor, Caller, keep_apart
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_NOUN = "nonconformity"


class NotAnIsoAudit(Conflict):
    """Nonconformities are raised in audits against ISO/IEC 27001 only."""


async def raise_nonconformity(
    session: AsyncSession, engagement_id: UUID, *, draft: NonconformityDraft, caller: Caller, at: datetime
) -> Nonconformity:
    """Raise a nonconformity, which the auditee sees from now on. `NotAnIsoAudit` in any other engagement.

    It may be what became of an area of concern of the stage 1 that the engagement follows.
    """
    tested = await engagement_in_work(session, engagement_id, caller, f"raise a {_NOUN}", phases=TESTED)
    if tested.kind not in AUDITED:
        raise NotAnIsoAudit(f"A {tested.kind} has deviations and findings, and in stage 1 areas of concern.")
    made = Nonconformity(
        **draft.model_dump(),
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        client_id=tested.engagement.org_id,
        number=await last_number(session, engagement_id) + 1,
        verify_by=verify_by(tested.kind, draft.grade, tested.engagement.period_end),
        history=[_taken("raise", None, caller.actor, at)],
        created_at=at,
        updated_at=at,
    )
    session.add(made)
    if draft.concern_id is not None:
        await become_nonconformity(session, draft.concern_id, made.id, tested=tested, by=caller.actor, at=at)
    await _announce(session, NonconformityRaised(**_event_fields(made)), made, by=caller.actor, at=at)
    return made


async def decide(
    session: AsyncSession, key: UUID, *, decision: NonconformityDecision, caller: Caller, at: datetime
) -> None:
    """A step of the auditing party: accept or return a plan or evidence, verify, close, regrade with a reason.

    It is taken in the audit that raised it, also after its report, or in one that follows this audit.
    `SeparationOfDuties` for who answered for the auditee, as can be in an internal audit.
    """
    seen = await found(session, Nonconformity, key)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {key}.")
    await engagement_taking_up(session, seen.engagement_id, caller, decision.step)
    if (decision.grade is not None) != (decision.step == NonconformityStep.REGRADE):
        fault = Fault("/grade", "required to regrade" if decision.grade is None else f"not to {decision.step}")
        raise Invalid("The grade is given to regrade, and only there.", faults=[fault])
    made = await locked(session, Nonconformity, key, noun=_NOUN, expected=ANY_VERSION)
    for taken in made.history:
        if taken["step"] in {*AuditeeStep}:
            keep_apart(
                "Who answers a nonconformity cannot decide on the answer", first=taken["by"], second=caller.actor
            )
    if decision.grade is not None:
        await _regrade(session, made, decision.grade)
    await _step(session, made, decision.step, decision.reason, by=caller.actor, at=at)


async def answer(
    session: AsyncSession,
    key: UUID,
    *,
    step: AuditeeStep,
    plan: CorrectionPlan | None = None,
    shown: EvidenceShown | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """A step of the auditee, in a transaction of its own organisation."""
    seen = await found(session, Nonconformity, key)
    if seen is None or seen.client_id != organisation_of(session):
        raise NotFound(f"There is no {_NOUN} {key}.")
    async with in_organisation(session, seen.org_id):
        made = await locked(session, Nonconformity, key, noun=_NOUN)
        made.plan = plan.model_dump(mode="json") if plan else made.plan
        made.shown = shown.model_dump(mode="json") if shown else made.shown
        await _step(session, made, step, None, by=by, at=at)


async def _regrade(session: AsyncSession, made: Nonconformity, grade: NonconformityGrade) -> None:
    raised_in = await found(session, Engagement, made.engagement_id)
    assert raised_in is not None, "the auditing party sees the engagements that it conducted"
    made.grade = grade
    made.verify_by = verify_by(EngagementKind(raised_in.kind), grade, raised_in.period_end)


async def _step(
    session: AsyncSession, made: Nonconformity, step: StrEnum, reason: str | None, *, by: Actor, at: datetime
) -> None:
    status = NonconformityStatus(made.status)
    to = after(step, status)
    if to is None:
        raise not_allowed(step, status, allowed_steps(status))
    made.status = to
    if to == NonconformityStatus.VERIFIED and step == NonconformityStep.VERIFY:
        made.verified_at = at
    made.history = [*made.history, _taken(step, reason, by, at)]
    event = NonconformityMoved(**_event_fields(made), step=step)
    await _announce(session, event, made, by=by, at=at, reason=reason)


async def _announce(
    session: AsyncSession,
    event: AboutNonconformity,
    made: Nonconformity,
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    announce(session, event, about=made, by=by, at=at, reason=reason)
    if made.client_id != made.org_id:
        shown = {"requirement": made.requirement, "grade": made.grade, "status": made.status}
        async with in_organisation(session, made.client_id):
            announce(session, event, about=Written(made.id, made.version, None, shown), by=by, at=at, reason=reason)


def _taken(step: str, reason: str | None, by: Actor, at: datetime) -> dict[str, Any]:
    return {"step": str(step), "reason": reason, "by": by.recorded, "at": at.isoformat()}


def _event_fields(made: Nonconformity) -> dict[str, Any]:
    names = ("engagement_id", "requirement", "grade", "status")
    return {name: getattr(made, name) for name in names}
