"""The verbs of a risk. Each changes its row and touches it, so that it is rated before the commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.register.risks.models import AnsweredBy, Risk
from services.risk.register.risks.rules import faults_in
from services.risk.register.risks.schemas import RiskDraft, RiskRevision
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.data.records import lock_rows, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.risk import RiskIdentified, RiskRevised
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import require_people, require_person
from shared.problems import CodeTaken, Fault, Invalid


async def identify(session: AsyncSession, *, draft: RiskDraft, by: Actor, at: datetime) -> Risk:
    """Write a risk down. `CodeTaken` when the organisation has one of that code."""
    owner_id = await require_person(session, draft.owner, "/owner")
    in_force = await _lock(session, draft)
    _require_sound(draft, in_force.terms)
    if (await session.execute(select(Risk.id).where(Risk.code == draft.code))).first():
        raise CodeTaken(f"Another risk has the code {draft.code}.", faults=[Fault("/code", "taken")])
    risk = Risk(**_columns(draft), owner_id=owner_id, org_id=organisation_of(session), created_at=at, updated_at=at)
    await _keep_findable(session, risk)
    session.add(risk)  # last of all: it is written when it has been rated
    announce(session, RiskIdentified(**_event_fields(risk)), about=risk, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason="The risk was identified.")
    return risk


async def revise(
    session: AsyncSession, risk_id: UUID, *, revision: RiskRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a risk."""
    owners = await require_people(session, {"/owner": revision.owner})
    in_force = await _lock(session, revision)
    risk = await locked(session, Risk, risk_id, noun="risk", expected=expected)
    _require_sound(revision, in_force.terms)
    for name, value in _columns(revision).items():
        setattr(risk, name, value)
    for owner in owners.values():
        risk.owner_id = owner.id
    with session.no_autoflush:  # it is written when it has been rated
        await _keep_findable(session, risk)
    announce(session, RiskRevised(**_event_fields(risk)), about=risk, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason="The risk was revised.")


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's risks to another; their ratings stay as they are."""
    owned = select(Risk).where(Risk.owner_id == handover.from_person).order_by(col(Risk.id))
    for risk in await lock_rows(session, owned):
        risk.owner_id = handover.to_person
        event = RiskRevised(**_event_fields(risk))
        announce(session, event, about=risk, by=SYSTEM, at=handover.at, reason=handover.reason)


async def _lock(session: AsyncSession, given: RiskDraft | RiskRevision) -> InForce:
    """Lock the controls that a risk names from now on, against news of them, and the register."""
    await one_at_a_time(session, *(answer.control_id for answer in given.controls or ()))
    return await lock_register(session)


def _require_sound(given: RiskDraft | RiskRevision, terms: MethodTerms) -> None:
    if faults := faults_in(given, terms):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _columns(given: RiskDraft | RiskRevision) -> dict[str, Any]:
    """What was given, by column, but for people; the inherent rating is two of them."""
    values = given.model_dump(mode="json", exclude={"owner"}, exclude_none=True)
    inherent = values.pop("inherent", {})
    return values | {f"inherent_{factor}": step for factor, step in inherent.items()}


def _event_fields(risk: Risk) -> dict[str, Any]:
    told = {name: getattr(risk, name) for name in ("code", "title", "treatment")}
    return told | {"controls": risk.control_ids()}


async def _keep_findable(session: AsyncSession, risk: Risk) -> None:
    """Let the risk be found by the controls that it now names, and by no others."""
    await session.execute(delete(AnsweredBy).where(col(AnsweredBy.risk_id) == risk.id))
    rows = [
        {"org_id": risk.org_id, "risk_id": risk.id, "control_id": control_id}
        for control_id in sorted(risk.control_ids())
    ]
    if rows:
        await session.execute(insert(AnsweredBy), rows)
