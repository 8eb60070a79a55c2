"""The verbs of a risk. Each changes its row and touches it, so that it is rated before the commit."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.assets.assets.models import AssetStatus
from services.risk.assets.assets.queries import kinds_of
from services.risk.register.risks.models import AnsweredBy, Risk
from services.risk.register.risks.rules import faults_in, inherent_columns, target_above_inherent, target_columns
from services.risk.register.risks.schemas import RiskDraft, RiskRevision
from services.risk.terms.in_force.models import InForce
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.schemas import MethodTerms
from shared.data.base import table_of
from shared.data.bulk import among, insert_rows
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
    await _require_assets(session, draft.asset_ids)
    if (await session.execute(select(Risk.id).where(Risk.code == draft.code))).first():
        raise CodeTaken(f"Another risk has the code {draft.code}.", faults=[Fault("/code", "taken")])
    risk = add(session, draft, owner_id, in_force.terms, by=by, at=at)
    _require_target(risk)
    await keep_findable(session, [risk])
    session.add(risk)  # last of all: it is written when it has been rated
    return risk


def add(
    session: AsyncSession, draft: RiskDraft, owner_id: UUID, terms: MethodTerms, *, by: Actor, at: datetime
) -> Risk:
    """Make the risk of a draft that has been checked. The caller adds it, last of all, and keeps it findable."""
    risk = Risk(
        **_columns(draft, terms), owner_id=owner_id, org_id=organisation_of(session), created_at=at, updated_at=at
    )
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
    await _require_assets(session, set(revision.asset_ids or ()) - set(risk.asset_ids))
    columns = _columns(revision, in_force.terms)
    if "/owner" in owners:
        columns["owner_id"] = owners["/owner"].id
    change(session, risk, columns, by=by, at=at, reason=revision.reason)
    _require_target(risk)
    with session.no_autoflush:  # it is written when it has been rated
        await keep_findable(session, [risk])


def change(
    session: AsyncSession, risk: Risk, columns: Mapping[str, Any], *, by: Actor, at: datetime, reason: str | None
) -> None:
    """Change columns of a locked risk that have been checked; of another owner, whether they agree is not known yet."""
    for name, value in columns.items():
        if name == "owner_id":
            own(risk, value)
        else:
            setattr(risk, name, value)
    announce(session, RiskRevised(**event_fields(risk)), about=risk, by=by, at=at, reason=reason)
    if risk.owner_agreed_at is None and person_of(by) == risk.owner_id:
        agreed(session, risk, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason=_why("The risk was revised.", reason))


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's risks to another, who has yet to agree; their ratings stay as they are."""
    await lock_register(session)
    owned = select(Risk).where(Risk.owner_id == handover.from_person).order_by(col(Risk.id))
    for risk in await lock_rows(session, owned):
        own(risk, handover.to_person)
        event = RiskRevised(**event_fields(risk))
        announce(session, event, about=risk, by=SYSTEM, at=handover.at, reason=handover.reason)
        touched(session, risk.id, at=handover.at, reason=handover.reason)


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
    told = {name: getattr(risk, name) for name in ("code", "title", "status", "owner_id")}
    return told | {"controls": risk.control_ids()}


async def _lock(session: AsyncSession, given: RiskDraft | RiskRevision) -> InForce:
    """Lock the controls that a risk names from now on, against news of them, and the register."""
    await one_at_a_time(session, *(answer.control_id for answer in given.controls or ()))
    return await lock_register(session)


def _require_sound(given: RiskDraft | RiskRevision, terms: MethodTerms) -> None:
    _refuse(faults_in(given, terms))


def _require_target(risk: Risk) -> None:
    _refuse([*target_above_inherent(risk.target, (risk.inherent_likelihood, risk.inherent_impact))])


async def _require_assets(session: AsyncSession, asset_ids: Collection[UUID]) -> None:
    """`Invalid` when a risk would name assets that do not exist or are retired; those that it names already may be."""
    there = await kinds_of(session, asset_ids) if asset_ids else {}
    wrong = [key for key in asset_ids if key not in there or there[key][1] == AssetStatus.RETIRED]
    _refuse([Fault("/asset_ids", f"There is no asset {key} in use.") for key in wrong])


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


def _columns(given: RiskDraft | RiskRevision, terms: MethodTerms) -> dict[str, Any]:
    """What was given, by column, but for people."""
    values = given.model_dump(mode="json", exclude=_COMPOSED, exclude_none=True)
    if "asset_ids" in values:
        values["asset_ids"] = given.asset_ids
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


async def keep_findable(session: AsyncSession, risks: Sequence[Risk]) -> None:
    """Let risks be found by the controls that they now name, and by no others."""
    answers = table_of(AnsweredBy)
    await session.execute(delete(answers).where(among(answers.c.risk_id, [risk.id for risk in risks])))
    rows = [
        {"org_id": risk.org_id, "risk_id": risk.id, "control_id": control_id}
        for risk in risks
        for control_id in sorted(risk.control_ids())
    ]
    await insert_rows(session, answers, rows)
