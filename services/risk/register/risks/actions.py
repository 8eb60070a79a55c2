"""The verbs of a risk. Each changes its row, rates it and adds the events, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.locks import InForce, lock_register
from services.risk.methods.methods.schemas import MethodTerms
from services.risk.register.ratings.actions import Trigger, rate_changed
from services.risk.register.risks.models import AnsweredBy, Risk
from services.risk.register.risks.rules import faults_in
from services.risk.register.risks.schemas import RiskDraft, RiskRevision
from shared.data.records import locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.risk import RiskIdentified, RiskRevised
from shared.problems import Conflict, Fault, Invalid


class CodeTaken(Conflict):
    """Another risk has this code."""


async def identify(session: AsyncSession, *, draft: RiskDraft, by: str, at: datetime) -> Risk:
    """Write a risk down and rate it. `CodeTaken` when the organisation has one of that code."""
    in_force = await _lock(session, draft)
    _require_sound(draft, in_force.terms)
    if (await session.execute(select(Risk.id).where(Risk.code == draft.code))).first():
        raise CodeTaken(f"There is a risk {draft.code} already.", faults=[Fault("/code", "taken")])
    risk = Risk(**_columns(draft), org_id=organisation_of(session), created_at=at, updated_at=at)
    await rate_changed(session, risk, in_force, RiskIdentified, Trigger("The risk was identified.", by, at))
    await _keep_findable(session, risk)
    return risk


async def revise(
    session: AsyncSession, risk_id: UUID, *, revision: RiskRevision, expected: int, by: str, at: datetime
) -> None:
    """Change a risk and rate it anew."""
    in_force = await _lock(session, revision)
    risk = await locked(session, Risk, risk_id, noun="risk", expected=expected)
    _require_sound(revision, in_force.terms)
    for name, value in _columns(revision).items():
        setattr(risk, name, value)
    await rate_changed(session, risk, in_force, RiskRevised, Trigger("The risk was revised.", by, at))
    await _keep_findable(session, risk)


async def _lock(session: AsyncSession, given: RiskDraft | RiskRevision) -> InForce:
    """Lock the controls that a risk names from now on, against news of them, and the register."""
    await one_at_a_time(session, *(answer.control_id for answer in given.controls or ()))
    return await lock_register(session)


def _require_sound(given: RiskDraft | RiskRevision, terms: MethodTerms) -> None:
    if faults := faults_in(given, terms):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _columns(given: RiskDraft | RiskRevision) -> dict[str, Any]:
    """What was given, by column; the inherent rating is two of them."""
    values = given.model_dump(mode="json", exclude_none=True)
    inherent = values.pop("inherent", {})
    return values | {f"inherent_{factor}": step for factor, step in inherent.items()}


async def _keep_findable(session: AsyncSession, risk: Risk) -> None:
    """Let the risk be found by the controls that it now names, and by no others."""
    await session.execute(delete(AnsweredBy).where(col(AnsweredBy.risk_id) == risk.id))
    named = {answer["control_id"] for answer in risk.controls}
    rows = [{"org_id": risk.org_id, "risk_id": risk.id, "control_id": UUID(each)} for each in sorted(named)]
    if rows:
        await session.execute(insert(AnsweredBy), rows)
