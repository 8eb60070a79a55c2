"""Comparing estimates before and after a treatment, and keeping what came of it."""

import secrets
from contextlib import aclosing
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.quantification.loss_simulations.queries import facts_of
from services.risk.quantification.loss_simulations.schemas import LARGEST_SEED
from services.risk.quantification.tasks import COMPARING, parts_of_simulation
from services.risk.quantification.treatment_returns.models import TreatmentReturn
from services.risk.quantification.treatment_returns.rules import (
    change_of,
    expected_return,
    faults_in,
    figures_with_cost,
    plans_after,
)
from services.risk.quantification.treatment_returns.schemas import TreatmentReturnDraft
from shared.children.pool import Children
from shared.data.sessions import organisation_of
from shared.events.catalogue.quantification import TreatmentReturnCompared
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid


async def compare(
    session: AsyncSession, children: Children, *, draft: TreatmentReturnDraft, by: Actor, at: datetime
) -> TreatmentReturn:
    """Compare, in the request's own transaction. `Busy` when too many wait, `Invalid` with pointers."""
    plans = plans_after(draft.changes)
    found = await facts_of(session, [change.scenario_id for change in draft.changes])
    if faults := faults_in(found, draft.currency):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
    scenarios = [facts for facts in found if facts is not None]
    changed = list(zip(scenarios, draft.changes, plans, strict=True))
    changes = [change_of(scenario, change.after, plan) for scenario, change, plan in changed]
    seed = secrets.randbelow(LARGEST_SEED) if draft.seed is None else draft.seed
    arguments = {"trials": draft.trials, "seed": seed, "yearly_cost": draft.yearly_cost}
    given = [
        {"id": str(scenario.id), "before": scenario.plan, "after": plan.as_data()} for scenario, _, plan in changed
    ]
    async with aclosing(parts_of_simulation(children, COMPARING, organisation_of(session), arguments, given)) as parts:
        (answer,) = [part async for part in parts]
    made_by = answer["made_by"]
    kept = TreatmentReturn(
        **draft.model_dump(include={"title", "currency", "yearly_cost", "trials"}),
        seed=seed,
        scenario_ids=[scenario.id for scenario in scenarios],
        changes=changes,
        expectation=expected_return(changes, draft.yearly_cost),
        figures=figures_with_cost(answer["figures"], draft.yearly_cost),
        engine=made_by["engine"],
        numpy_version=made_by["numpy"],
        bit_generator=made_by["bit_generator"],
        compared_by=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(kept)
    event = TreatmentReturnCompared(
        title=kept.title,
        currency=kept.currency,
        scenario_ids=kept.scenario_ids,
    )
    announce(session, event, about=kept, by=by, at=at)
    return kept
