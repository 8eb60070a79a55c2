"""The verbs of a plan until it is proposed. Whoever changes one holds the register, the risk and then the treatment."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.acceptances.acceptances.actions import RiskNotOpen
from services.risk.acceptances.acceptances.rules import frozen_of
from services.risk.days import day_of
from services.risk.register.credits.queries import control_facts
from services.risk.register.risks.actions import RiskIsClosed
from services.risk.register.risks.models import Risk
from services.risk.register.risks.rules import target_columns
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.rules import authority_for
from services.risk.treatments.treatments.models import LIVE, PENDING, Treatment, TreatmentStatus
from services.risk.treatments.treatments.queries import simulates
from services.risk.treatments.treatments.rules import (
    FREE_AFTER_APPROVAL,
    TreatmentVerb,
    faults_in_controls,
    faults_in_target,
    lacking,
    require_allowed,
)
from services.risk.treatments.treatments.schemas import ActionCounts, TreatmentDraft, TreatmentRevision
from shared.data.records import ANY_VERSION, found, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.risk import RiskStatus
from shared.events.catalogue.treatments import (
    TreatmentDrafted,
    TreatmentProposed,
    TreatmentRevised,
    TreatmentTold,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import require_people
from shared.problems import Conflict, Fault, Invalid, NotFound

_COMPOSED = {"owner", "target", "reason", "risk_id"}


class TreatmentIncomplete(Conflict):
    """The treatment lacks something that a proposal needs."""


class TreatmentFixed(Conflict):
    """The treatment was approved as it is; this part of it does not change any more."""


async def plan_treatment(session: AsyncSession, *, draft: TreatmentDraft, by: Actor, at: datetime) -> Treatment:
    """Write down what is to be done about a risk. `RiskIsClosed`."""
    owners = await require_people(session, {"/owner": draft.owner})
    in_force = await lock_register(session)
    risk = await locked(session, Risk, draft.risk_id, noun="risk")
    if risk.status == RiskStatus.CLOSED:
        raise RiskIsClosed(f"The risk {risk.code} is closed; reopen it to treat it.")
    await _require_sound(session, draft, risk, in_force)
    treatment = Treatment(
        **_columns(draft),
        risk_id=risk.id,
        risk_code=risk.code,
        owner_id=owners["/owner"].id if owners else None,
        action_counts=ActionCounts().model_dump(),
        approver_roles=[],
        decisions=[],
        evidence_ids=[],
        warned=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(treatment)
    tell(session, treatment, TreatmentDrafted, by=by, at=at, reason=draft.rationale)
    return treatment


async def revise(
    session: AsyncSession, treatment_id: UUID, *, revision: TreatmentRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a draft, or what stays free of an approved treatment: `TreatmentFixed` for the rest of that."""
    owners = await require_people(session, {"/owner": revision.owner})
    treatment, risk, in_force = await locked_with_risk(session, treatment_id, expected=expected)
    require_allowed(TreatmentVerb.REVISE, treatment)
    fixed = sorted(revision.changed - FREE_AFTER_APPROVAL)
    if fixed and treatment.status != TreatmentStatus.DRAFT:
        faults = [Fault(f"/{name}", "This was approved as it is.") for name in fixed]
        detail = f"The treatment was approved; {', '.join(fixed)} would need another one."
        raise TreatmentFixed(detail, faults=faults)
    await _require_sound(session, revision, risk, in_force)
    columns = _columns(revision) | ({"owner_id": owners["/owner"].id} if owners else {})
    for name, value in columns.items():
        setattr(treatment, name, value)
    tell(session, treatment, TreatmentRevised, by=by, at=at)


async def propose(session: AsyncSession, treatment_id: UUID, *, note: str | None, by: Actor, at: datetime) -> None:
    """Draft → proposed, for the risk as it is now. `RiskNotOpen`, `TreatmentIncomplete`."""
    treatment, risk, in_force = await locked_with_risk(session, treatment_id)
    require_allowed(TreatmentVerb.PROPOSE, treatment)
    if risk.status != RiskStatus.OPEN or risk.owner_agreed_at is None:
        raise RiskNotOpen(f"The risk {risk.code} is {risk.status}, or its owner has not agreed to answer for it.")
    if faults := [*lacking(treatment, day_of(at)), *faults_in_target(treatment.target, risk, in_force.terms)]:
        raise TreatmentIncomplete(" ".join(fault.detail for fault in faults), faults=faults)
    authority = authority_for(in_force.terms, risk.current_level)
    treatment.frozen = frozen_of(risk, await control_facts(session, risk.control_ids()))
    treatment.level, treatment.approvers_needed = risk.current_level, authority.approvers
    treatment.approver_roles = [str(role) for role in authority.roles]
    treatment.status, treatment.round = TreatmentStatus.PROPOSED, treatment.round + 1
    treatment.proposed_by, treatment.proposed_at = by.recorded, at
    tell(session, treatment, TreatmentProposed, by=by, at=at, reason=note)


async def locked_with_risk(
    session: AsyncSession, treatment_id: UUID, *, expected: int = ANY_VERSION
) -> tuple[Treatment, Risk, InForce]:
    """A treatment and its risk, locked after the register; `NotFound`, `Stale`."""
    in_force = await lock_register(session)
    seen = await found(session, Treatment, treatment_id)
    if seen is None:
        raise NotFound(f"There is no treatment {treatment_id}.")
    risk = await locked(session, Risk, seen.risk_id, noun="risk")
    return await locked(session, Treatment, treatment_id, noun="treatment", expected=expected), risk, in_force


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's treatments that have not ended to another."""
    open_ones = col(Treatment.status).in_(sorted(PENDING | LIVE))
    owned = select(Treatment).where(Treatment.owner_id == handover.from_person, open_ones).order_by(col(Treatment.id))
    for treatment in await lock_rows(session, owned):
        treatment.owner_id = handover.to_person
        tell(session, treatment, TreatmentRevised, by=SYSTEM, at=handover.at, reason=handover.reason)


async def hand_over_decisions(_session: AsyncSession, _handover: Handover) -> None:
    """Nothing to do: who owns a risk decides on its treatments, and the risk itself is handed over."""


def tell(
    session: AsyncSession,
    treatment: Treatment,
    kind: type[TreatmentTold],
    *,
    by: Actor,
    at: datetime,
    reason: str | None = None,
    cause: UUID | None = None,
    **more: Any,
) -> None:
    """Announce something about a treatment, with what every such event says."""
    names = ("risk_id", "risk_code", "title", "strategy", "status", "owner_id", "due_on")
    facts = {name: getattr(treatment, name) for name in names}
    announce(session, kind.model_validate(facts | more), about=treatment, by=by, at=at, reason=reason, cause=cause)


async def _require_sound(
    session: AsyncSession, given: TreatmentDraft | TreatmentRevision, risk: Risk, in_force: InForce
) -> None:
    """`Invalid` for a target that the method does not have, controls planned twice, and another risk's simulation."""
    target = (given.target.likelihood, given.target.impact) if given.target else None
    faults = [*faults_in_target(target, risk, in_force.terms), *faults_in_controls(given.controls or [])]
    if given.return_id is not None and not await simulates(session, given.return_id, risk.id):
        faults.append(Fault("/return_id", "No treatment return of this id changes a loss scenario of this risk."))
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _columns(given: TreatmentDraft | TreatmentRevision) -> dict[str, Any]:
    """What was given, by column, but for people and the risk."""
    values = given.model_dump(exclude=_COMPOSED, exclude_none=True)
    if given.controls is not None:
        values["controls"] = [control.model_dump(mode="json") for control in given.controls]
    if given.target is not None:
        values |= target_columns(given.target)
    if "return_id" in given.model_fields_set:
        values["return_id"] = given.return_id
    return values
