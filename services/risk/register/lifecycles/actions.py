"""The verbs by which a risk comes to another state: its owner agrees, it is closed, it is opened again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.register.lifecycles.schemas import RiskClosure, RiskReopening
from services.risk.register.risks.actions import RiskIsClosed, agreed, event_fields
from services.risk.register.risks.models import CloseReason, Risk
from services.risk.register.risks.rules import faults_in_inherent, inherent_columns
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.rules import beyond_scale
from shared.data.records import found, locked
from shared.data.transactions import touched
from shared.events.catalogue.risk import RiskClosed, RiskReopened, RiskStatus
from shared.events.trail import announce
from shared.identity.callers import Actor, person_of
from shared.problems import Conflict, Fault, Forbidden, Invalid, not_allowed


class NotTheOwner(Forbidden):
    """Only the owner of the risk can do this."""


class StillTreated(Conflict):
    """The risk has a treatment that is not closed, or an acceptance in force."""


class StillOverridden(Conflict):
    """An override of the risk's rating is in force."""


class StillAboveAppetite(Conflict):
    """The risk is above the appetite and is not avoided."""


class BeyondScale(Conflict):
    """The rating of the risk is not on the scales of the method in force."""


async def agree(session: AsyncSession, risk_id: UUID, *, by: Actor, at: datetime) -> None:
    """Have the owner agree to answer for a risk: a proposed one is open from now on. `NotTheOwner`, `RiskIsClosed`."""
    await lock_register(session)
    risk = await locked(session, Risk, risk_id, noun="risk")
    if person_of(by) != risk.owner_id:
        raise NotTheOwner(f"Only the owner of the risk {risk.code} can agree to answer for it.")
    if risk.status == RiskStatus.CLOSED:
        raise RiskIsClosed(f"The risk {risk.code} is closed; reopen it first.")
    if risk.owner_agreed_at is not None:
        raise not_allowed("agree", "agreed", ["close"])
    agreed(session, risk, by=by, at=at)
    touched(session, risk.id, at=at, by=by, reason="The owner agreed to answer for the risk.")


async def close(session: AsyncSession, risk_id: UUID, *, closure: RiskClosure, by: Actor, at: datetime) -> None:
    """Close a risk. `StillTreated`, `StillOverridden`, `StillAboveAppetite`, `RiskIsClosed`."""
    await lock_register(session)
    risk = await locked(session, Risk, risk_id, noun="risk")
    if risk.status == RiskStatus.CLOSED:
        raise RiskIsClosed(f"The risk {risk.code} is closed already.")
    if risk.live_treatments or risk.acceptance_id:
        raise StillTreated("First close the treatments of the risk, and revoke its acceptance.")
    if risk.override:
        raise StillOverridden("First revoke the override of the risk's rating.")
    _require_reason(risk, closure)
    if closure.merged_into is not None:
        await _require_other(session, risk, closure.merged_into)
    risk.status, risk.closed_at, risk.closed_by = RiskStatus.CLOSED, at, by.recorded
    risk.close_reason, risk.close_note, risk.merged_into = closure.reason, closure.note, closure.merged_into
    event = RiskClosed(**event_fields(risk), close_reason=closure.reason, merged_into=closure.merged_into)
    announce(session, event, about=risk, by=by, at=at, reason=closure.note)
    touched(session, risk.id, at=at, by=by, reason="The risk was closed.")


async def reopen(session: AsyncSession, risk_id: UUID, *, reopening: RiskReopening, by: Actor, at: datetime) -> None:
    """Open a closed risk again, rated by the method in force. `BeyondScale` when that has no such steps."""
    in_force = await lock_register(session)
    risk = await locked(session, Risk, risk_id, noun="risk")
    if risk.status != RiskStatus.CLOSED:
        raise not_allowed("reopen", risk.status, ["close"])
    if reopening.inherent is not None:
        if faults := faults_in_inherent(reopening.inherent, in_force.terms):
            raise Invalid("; ".join(fault.detail for fault in faults), faults=faults)
        for name, value in inherent_columns(reopening.inherent, in_force.terms).items():
            setattr(risk, name, value)
    elif beyond_scale(in_force.terms, risk.inherent_likelihood, risk.inherent_impact, at="/inherent"):
        raise BeyondScale("Give an inherent rating: the method in force has not the steps of the former one.")
    if risk.target and beyond_scale(in_force.terms, *risk.target, at="/target"):
        risk.target_likelihood = risk.target_impact = None
    risk.status = RiskStatus.OPEN if risk.owner_agreed_at else RiskStatus.PROPOSED
    risk.closed_at = risk.closed_by = risk.close_reason = risk.close_note = risk.merged_into = None
    announce(session, RiskReopened(**event_fields(risk)), about=risk, by=by, at=at, reason=reopening.reason)
    touched(session, risk.id, at=at, by=by, reason=f"The risk was reopened. {reopening.reason}")


def _require_reason(risk: Risk, closure: RiskClosure) -> None:
    """A risk above the appetite does not just become irrelevant once its owner has agreed to answer for it."""
    if closure.reason != CloseReason.NO_LONGER_RELEVANT or risk.within_appetite:
        return
    if risk.status == RiskStatus.OPEN:
        raise StillAboveAppetite(
            f"The risk {risk.code} is above the appetite: treat it, or close it as avoided and say how."
        )


async def _require_other(session: AsyncSession, risk: Risk, merged_into: UUID) -> None:
    other = await found(session, Risk, merged_into)
    if other is None or other.id == risk.id or other.status == RiskStatus.CLOSED:
        detail = "Name another risk that is not closed."
        raise Invalid(detail, faults=[Fault("/merged_into", detail)])
