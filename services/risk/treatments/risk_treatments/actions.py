"""Finding how risks are treated, once they are rated and their acceptances followed: part of the recomputation."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.register.risks.actions import event_fields
from services.risk.register.risks.models import Risk
from services.risk.treatments.risk_treatments.rules import treatment_of
from services.risk.treatments.treatment_progress.actions import end_cancelled
from services.risk.treatments.treatments.models import LIVE, TreatmentStatus
from services.risk.treatments.treatments.queries import locked_pending, plans_of
from shared.data.records import lock_by_id
from shared.data.transactions import Touch
from shared.events.catalogue.risk import RiskStatus, RiskTreatmentChanged
from shared.events.trail import announce

_CLOSED = "The risk was closed."


async def follow_treatments(session: AsyncSession, touched_risks: Mapping[UUID, Touch]) -> None:
    """Say of touched risks how they are treated now, and announce what that changes.

    A closed risk keeps what it was; what was planned for it and not approved is cancelled.
    """
    risks = await lock_by_id(session, Risk, touched_risks)
    closed = [risk.id for risk in risks if risk.status == RiskStatus.CLOSED]
    for treatment in await locked_pending(session, closed) if closed else ():
        touch = touched_risks[treatment.risk_id]
        await end_cancelled(session, treatment, reason=_CLOSED, by=touch.by, at=touch.at, cause=touch.cause)
    plans: dict[UUID, list[Any]] = defaultdict(list)
    for plan in await plans_of(session, touched_risks.keys()):
        plans[plan.risk_id].append(plan)
    for risk in risks:
        if risk.status != RiskStatus.CLOSED:
            _follow(session, risk, plans[risk.id], touched_risks[risk.id])


def _follow(session: AsyncSession, risk: Risk, plans: list[Any], touch: Touch) -> None:
    """`plans` are the treatments of the risk that were approved, in the order of `plans_of`."""
    under_way = [plan for plan in plans if plan.status in LIVE]
    ended = [plan.strategy for plan in plans if plan.status == TreatmentStatus.CLOSED]
    live = [plan.id for plan in under_way]
    if risk.live_treatments != live:
        risk.live_treatments = live
    before, now = risk.treatment, treatment_of(risk, {plan.strategy for plan in under_way}, (ended or [None])[-1])
    if now != before:
        risk.treatment = now
        event = RiskTreatmentChanged(**event_fields(risk), treatment=now, before=before)
        announce(session, event, about=risk, by=touch.by, at=touch.at, reason=touch.reason, cause=touch.cause)
