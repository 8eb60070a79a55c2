"""The verb of an evaluation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.populations.models import Population
from services.audit.sampling.sample_evaluations.rules import basis_of, evaluated
from services.audit.sampling.samples.actions import event_fields, locked_sample
from services.audit.sampling.samples.models import ItemStatus, SampleItem, SampleStatus
from services.audit.sampling.samples.queries import item_counts
from services.audit.sampling.samples.schemas import SampleDesign
from services.audit.sampling.selections.rules import SelectionMethod
from shared.data.base import table_of
from shared.data.records import locked
from shared.events.catalogue.sampling import SampleEvaluated
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Conflict, not_allowed

_I = table_of(SampleItem).c


class ItemsUndecided(Conflict):
    """Some items of the sample are not decided."""


async def evaluate(session: AsyncSession, sample_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Testing → evaluated: what the items come to. `ItemsUndecided` while any is pending."""
    sample, by = await locked_sample(session, sample_id, caller), caller.actor
    if sample.status != SampleStatus.TESTING:
        raise not_allowed("evaluate", sample.status, [])
    counts = await item_counts(session, sample_id)
    if pending := counts[ItemStatus.PENDING]:
        raise ItemsUndecided(f"{pending} of its items are pending.")
    population = await locked(session, Population, sample.population_id, noun="population")
    basis = basis_of(
        SelectionMethod(sample.method), SampleDesign.model_validate(sample.design), population.row_count or 0
    )
    deviating = select(_I.attributes).where(_I.sample_id == sample_id, _I.status == ItemStatus.DEVIATION)
    codes = [attribute["code"] for attribute in sample.attributes]
    numbers = evaluated(counts, list(await session.scalars(deviating)), codes, basis)
    sample.status = SampleStatus.EVALUATED
    sample.evaluation = {**numbers, "by": by.recorded, "at": at.isoformat()}
    event = SampleEvaluated(**event_fields(sample), tested=numbers["tested"], deviations=numbers["deviations"])
    announce(session, event, about=sample, by=by, at=at)
