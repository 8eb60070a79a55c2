"""The verbs of a risk. Each changes its row and touches it, so that it is rated before the commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.register.risks.models import AnsweredBy, Risk
from services.risk.register.risks.rules import faults_in, inherent_columns, target_above_inherent, target_columns
from services.risk.register.risks.schemas import RiskDraft, RiskRevision
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.data.records import lock_rows, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.risk import RiskIdentified, RiskOwnerAgreed, RiskRevised, RiskStatus
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, person_of
from shared.people.duties import Handover
from shared.people.references import require_people, require_person
from shared.problems import CodeTaken, Conflict, Fault, Invalid

# Columns that are made of several members of what was given.
_COMPOSED = {"owner", "inherent", "target", "reason"}


class RiskIsClosed(Conflict):
    """The risk is closed."""


async def identify(session: AsyncSession, *, draft: RiskDraft, by: Actor, at: datetime) -> Risk:
    """Write a risk down. It is open at once when its owner does so. `CodeTaken` when there is one of that code."""
    owner_id = await require_person(session, draft.owner, "/owner")
    in_force = await _lock(session, draft)
    _require_sound(draft, in_force.terms)
    if (await session.execute(select(Risk.id).where(Risk.code == draft.code))).first():
        raise CodeTaken(f"Another risk has the code {draft.code}.", faults=[Fault("/code", "taken")])
    columns = _columns(draft, in_force.terms)
    risk = Risk(**columns, owner_id=owner_id, org_id=organisation_of(session), created_at=at, updated_at=at)
    _require_target(risk)
    await _keep_findable(session, risk)
    session.add(risk)  # last of all: it is written when it has been rated
    announce(session, RiskIdentified(**event_fields(risk)), about=risk, by=by, at=at, reason=draft.reason)
    if person_of(by) == owner_id:
        agreed(session, risk, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason=_why("The risk was identified.", draft.reason))
    return risk


async def revise(
    session: AsyncSession, risk_id: UUID, *, revision: RiskRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a risk. `RiskIsClosed` when it is: it has to be reopened first."""
    owners = await require_people(session, {"/owner": revision.owner})
    in_force = await _lock(session, revision)
    risk = await locked(session, Risk, risk_id, noun="risk", expected=expected)
    if risk.status == RiskStatus.CLOSED:
        raise RiskIsClosed(f"The risk {risk.code} is closed; reopen it to change it.")
    _require_sound(revision, in_force.terms)
    for name, value in _columns(revision, in_force.terms).items():
        setattr(risk, name, value)
    _require_target(risk)
    for owner in owners.values():
        own(risk, owner.id)
    with session.no_autoflush:  # it is written when it has been rated
        await _keep_findable(session, risk)
    announce(session, RiskRevised(**event_fields(risk)), about=risk, by=by, at=at, reason=revision.reason)
    if risk.owner_agreed_at is None and person_of(by) == risk.owner_id:
        agreed(session, risk, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason=_why("The risk was revised.", revision.reason))


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's risks to another, who has yet to agree; their ratings stay as they are."""
    owned = select(Risk).where(Risk.owner_id == handover.from_person).order_by(col(Risk.id))
    for risk in await lock_rows(session, owned):
        own(risk, handover.to_person)
        event = RiskRevised(**event_fields(risk))
        announce(session, event, about=risk, by=SYSTEM, at=handover.at, reason=handover.reason)


def own(risk: Risk, person_id: UUID) -> None:
    """Make somebody the owner of a risk; another person than before has not agreed yet."""
    if person_id != risk.owner_id:
        risk.owner_id, risk.owner_agreed_at = person_id, None


def agreed(session: AsyncSession, risk: Risk, *, by: Actor, at: datetime) -> None:
    """Note that the owner of a risk agrees to answer for it; a proposed one is open from now on."""
    risk.owner_agreed_at = at
    if risk.status == RiskStatus.PROPOSED:
        risk.status = RiskStatus.OPEN
    announce(session, RiskOwnerAgreed(**event_fields(risk)), about=risk, by=by, at=at)


def event_fields(risk: Risk) -> dict[str, Any]:
    """What every event about a risk says."""
    told = {name: getattr(risk, name) for name in ("code", "title", "status", "owner_id", "treatment")}
    return told | {"controls": risk.control_ids()}


async def _lock(session: AsyncSession, given: RiskDraft | RiskRevision) -> InForce:
    """Lock the controls that a risk names from now on, against news of them, and the register."""
    await one_at_a_time(session, *(answer.control_id for answer in given.controls or ()))
    return await lock_register(session)


def _require_sound(given: RiskDraft | RiskRevision, terms: MethodTerms) -> None:
    _refuse(faults_in(given, terms))


def _require_target(risk: Risk) -> None:
    _refuse([*target_above_inherent(risk.target, (risk.inherent_likelihood, risk.inherent_impact))])


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _columns(given: RiskDraft | RiskRevision, terms: MethodTerms) -> dict[str, Any]:
    """What was given, by column, but for people."""
    values = given.model_dump(mode="json", exclude=_COMPOSED, exclude_none=True)
    if "affects" in values:
        values["affects"] = sorted(set(values["affects"]))
    if given.inherent is not None:
        values |= inherent_columns(given.inherent, terms)
    if given.target is not None or (isinstance(given, RiskRevision) and given.takes_target_away):
        # Its level is looked up when the risk is rated, and differs from what stands here: so it is always recorded.
        values |= target_columns(given.target) | ({"target_level": None} if given.target else {})
    return values


def _why(what: str, reason: str | None) -> str:
    return f"{what} {reason}" if reason else what


async def _keep_findable(session: AsyncSession, risk: Risk) -> None:
    """Let the risk be found by the controls that it now names, and by no others."""
    await session.execute(delete(AnsweredBy).where(col(AnsweredBy.risk_id) == risk.id))
    rows = [
        {"org_id": risk.org_id, "risk_id": risk.id, "control_id": control_id}
        for control_id in sorted(risk.control_ids())
    ]
    if rows:
        await session.execute(insert(AnsweredBy), rows)
