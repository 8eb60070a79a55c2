"""The verbs of a loss scenario. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.quantification.loss_scenarios.models import LossScenario, LossScenarioStatus
from services.risk.quantification.loss_scenarios.rules import estimate_columns
from services.risk.quantification.loss_scenarios.schemas import LossScenarioDraft, LossScenarioRevision
from services.risk.register.risks.models import Risk
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.quantification import (
    AboutLossScenario,
    LossScenarioEstimated,
    LossScenarioRetired,
    LossScenarioRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, NotFound, not_allowed


async def estimate(
    session: AsyncSession, risk_id: UUID, *, draft: LossScenarioDraft, by: Actor, at: datetime
) -> LossScenario:
    """Add a scenario to a risk. `Invalid` names each range that is no distribution and each missing factor."""
    columns = estimate_columns(draft.estimate)
    if await found(session, Risk, risk_id) is None:
        raise NotFound(f"There is no risk {risk_id}.")
    scenario = LossScenario(
        **columns,
        risk_id=risk_id,
        title=draft.title,
        currency=draft.currency,
        rationale=draft.rationale,
        estimated_by=by.recorded,
        estimated_at=at,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(scenario)
    announce(session, LossScenarioEstimated(**_event_fields(scenario)), about=scenario, by=by, at=at)
    return scenario


async def revise(
    session: AsyncSession, scenario_id: UUID, *, revision: LossScenarioRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change the title or the estimate. Another estimate makes the results of the one before stale."""
    columns = estimate_columns(revision.estimate) if revision.estimate else {}
    if revision.estimate and revision.rationale is None:
        detail = "Say where the ranges of the new estimate come from."
        raise Invalid(detail, faults=[Fault("/rationale", "required with an estimate")])
    scenario = await _locked_active(session, scenario_id, "revise", expected=expected)
    estimated_anew = bool(columns) and columns["estimate"] != scenario.estimate
    for name, value in columns.items():
        setattr(scenario, name, value)
    scenario.title = revision.title or scenario.title
    scenario.rationale = revision.rationale or scenario.rationale
    kind: type[AboutLossScenario] = LossScenarioRevised
    if estimated_anew:
        scenario.estimate_number += 1
        scenario.estimated_by, scenario.estimated_at = by.recorded, at
        kind = LossScenarioEstimated
    announce(session, kind(**_event_fields(scenario)), about=scenario, by=by, at=at)


async def retire(session: AsyncSession, scenario_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → retired."""
    scenario = await _locked_active(session, scenario_id, "retire", expected=ANY_VERSION)
    scenario.status = LossScenarioStatus.RETIRED
    announce(session, LossScenarioRetired(**_event_fields(scenario)), about=scenario, by=by, at=at, reason=reason)


async def _locked_active(session: AsyncSession, scenario_id: UUID, verb: str, *, expected: int) -> LossScenario:
    scenario = await locked(session, LossScenario, scenario_id, noun="loss scenario", expected=expected)
    if scenario.status == LossScenarioStatus.RETIRED:
        raise not_allowed(verb, scenario.status, [])
    return scenario


def _event_fields(scenario: LossScenario) -> dict[str, Any]:
    names = ("risk_id", "title", "currency", "estimate_number")
    return {name: getattr(scenario, name) for name in names}
