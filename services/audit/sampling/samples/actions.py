"""The verbs of a sample but for its draw. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.sampling.conducted_engagements.queries import conducted
from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.samples.models import Sample, SampleStatus
from services.audit.sampling.samples.queries import stands
from services.audit.sampling.samples.rules import Sized, faults_of_design, sized
from services.audit.sampling.samples.schemas import SampleDesign, SampleDraft
from services.audit.sampling.sampling_policies.queries import policy_in_force
from services.audit.sampling.selections.rules import SEEDED
from shared.data.records import ANY_VERSION, found, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.data.transactions import touched
from shared.events.catalogue.sampling import SampleDesigned, SampleReleased, SampleVoided
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed


class PopulationNotReliable(Conflict):
    """Nobody has concluded that the population is reliable."""


class SampleStands(Conflict):
    """A sample of this control stands already, and has to be voided with a reason before another is drawn."""


async def design(session: AsyncSession, *, draft: SampleDraft, caller: Caller, at: datetime) -> Sample:
    """Decide how many items of a population are tested and how they are selected.

    `PopulationNotReliable`; `SampleStands` where a seed selects items of the same control and population already, since
    whoever draws twice may choose; `Invalid` for what does not go together.
    """
    population, engagement = await _sampled(session, draft.population_id, caller)
    control_id = draft.control_id or population.control_id
    if control_id is None:
        raise Invalid("Of which control?", faults=[Fault("/control_id", "required: the population is of none")])
    if control_id not in engagement.control_ids:
        fault = Fault("/control_id", "not in the scope of the engagement")
        raise Invalid("The engagement is not about this control.", faults=[fault])
    plan = await _planned(session, draft, population.row_count or 0)
    if draft.method in SEEDED and (other := await stands(session, population.series_id, control_id)):
        raise SampleStands(f"The sample {other} stands; void it with a reason before you design another.")
    sample = Sample(
        org_id=organisation_of(session),
        engagement_id=population.engagement_id,
        series_id=population.series_id,
        control_id=control_id,
        size=plan.size,
        planned_size=plan.planned,
        planned_deviations=plan.deviations,
        design=SampleDesign(by_policy=draft.by_policy, by_attributes=draft.by_attributes).model_dump(mode="json"),
        attributes=[attribute.model_dump() for attribute in draft.attributes],
        **draft.model_dump(exclude={"control_id", "size", "by_policy", "by_attributes", "attributes"}),
        created_at=at,
        updated_at=at,
    )
    session.add(sample)
    event = SampleDesigned(**event_fields(sample))
    announce(session, event, about=sample, by=caller.actor, at=at, reason=draft.size_reason)
    return sample


async def release(session: AsyncSession, sample_id: UUID, *, caller: Caller, at: datetime) -> None:
    """Drawn → released: from now on the client may be asked for what shows its items."""
    sample, by = await locked_sample(session, sample_id, caller), caller.actor
    if sample.status != SampleStatus.DRAWN:
        raise not_allowed("release", sample.status, ["draw"] if sample.status == SampleStatus.DESIGNED else [])
    sample.status = SampleStatus.RELEASED
    sample.released_by, sample.released_at = by.recorded, at
    announce(session, SampleReleased(**event_fields(sample)), about=sample, by=by, at=at)


async def void(session: AsyncSession, sample_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Any → voided. It stays on record, and counts among the draws made when it had a seed."""
    seen = await found(session, Sample, sample_id)
    if seen is not None:  # papers that were signed on it are reopened, which nobody writes meanwhile
        await one_at_a_time(session, seen.engagement_id)
    sample, by = await locked_sample(session, sample_id, caller), caller.actor
    if sample.status == SampleStatus.VOIDED:
        raise not_allowed("void", sample.status, [])
    sample.status = SampleStatus.VOIDED
    sample.voided = {"reason": reason, "by": by.recorded, "at": at.isoformat()}
    announce(session, SampleVoided(**event_fields(sample)), about=sample, by=by, at=at, reason=reason)
    touched(session, sample.id, at=at, by=by, reason=reason)  # what was signed of it rests on nothing any longer


async def locked_sample(session: AsyncSession, sample_id: UUID, caller: Caller) -> Sample:
    """The sample, locked, for who acts in its engagement, which goes on; `NotFound` for anybody else."""
    sample = await locked(session, Sample, sample_id, noun="sample", expected=ANY_VERSION)
    await conducted(session, sample.engagement_id, caller)
    return sample


async def reliable_population(session: AsyncSession, population_id: UUID) -> Population:
    """The population, locked; `PopulationNotReliable` when it is none that samples are drawn from."""
    population = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
    if population.status != PopulationStatus.RELIABLE:
        raise PopulationNotReliable(f"The population is {population.status}.")
    return population


async def _sampled(session: AsyncSession, population_id: UUID, caller: Caller) -> tuple[Population, Engagement]:
    """The population, which is reliable, and its engagement; `Invalid` when it is none of the caller's engagement."""
    try:
        population = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
        engagement = await conducted(session, population.engagement_id, caller)
    except NotFound as error:
        raise Invalid("There is no such population.", faults=[Fault("/population_id", "unknown")]) from error
    return await reliable_population(session, population_id), engagement


async def _planned(session: AsyncSession, draft: SampleDraft, items: int) -> Sized:
    try:
        plan = sized(draft, items, await policy_in_force(session))
    except ValueError as error:
        raise Invalid(f"The plan {error}.", faults=[Fault("/by_attributes", str(error))]) from error
    if faults := faults_of_design(draft, plan, items):
        reasons = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults)
        raise Invalid(f"The design does not hold together: {reasons}.", faults=faults)
    return plan


def event_fields(sample: Sample) -> dict[str, Any]:
    """What every event about a sample says."""
    names = ("engagement_id", "population_id", "control_id", "method", "size", "seed", "draw_number")
    return {name: getattr(sample, name) for name in names}


def items_digest(keys: Iterable[str]) -> str:
    """The SHA-256 by which an event names items: of their keys in order, each followed by a line feed, in UTF-8."""
    return sha256("".join(f"{key}\n" for key in keys).encode()).hexdigest()
