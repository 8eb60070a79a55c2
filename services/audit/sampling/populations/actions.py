"""The verbs of a population but for its file. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.conducted_engagements.queries import conducted
from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.populations.queries import is_unfinished, of_series
from services.audit.sampling.populations.rules import days_asked, faults_of_draft, faults_of_reliability
from services.audit.sampling.populations.schemas import (
    PopulationDraft,
    PopulationRevision,
    ReliabilityDraft,
)
from shared.clock import new_id
from shared.data.records import ANY_VERSION, lock_by_id, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.sampling import (
    PopulationAsked,
    PopulationFoundReliable,
    PopulationFoundUnreliable,
    PopulationRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Caller, keep_apart
from shared.problems import Conflict, Invalid, not_allowed


class VersionUnderWay(Conflict):
    """Another version of the population is under way."""


async def ask(
    session: AsyncSession, engagement_id: UUID, *, draft: PopulationDraft, caller: Caller, at: datetime
) -> Population:
    """Ask for a population of an engagement; `Invalid` for a control or days that it is not about."""
    engagement = await conducted(session, engagement_id, caller)
    first_day, last_day = days_asked(draft.first_day, draft.last_day, engagement)
    if faults := faults_of_draft(draft.control_id, first_day, last_day, engagement):
        raise Invalid("The engagement is not about this.", faults=faults)
    key = new_id()
    population = Population(
        id=key,
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        series_id=key,
        first_day=first_day,
        last_day=last_day,
        **draft.model_dump(exclude={"provenance", "first_day", "last_day"}),
        provenance=draft.provenance.model_dump(mode="json") if draft.provenance else None,
        created_at=at,
        updated_at=at,
    )
    session.add(population)
    announce(session, PopulationAsked(**event_fields(population)), about=population, by=caller.actor, at=at)
    return population


async def revise(
    session: AsyncSession,
    population_id: UUID,
    *,
    revision: PopulationRevision,
    expected: int,
    caller: Caller,
    at: datetime,
) -> None:
    """Change what is asked for, or where it comes from, before the file is there. `Invalid` for a wrong period."""
    population = await locked(session, Population, population_id, noun="population", expected=expected)
    engagement = await conducted(session, population.engagement_id, caller)
    if population.status != PopulationStatus.ASKED:
        raise not_allowed("revise", population.status, ["add a version"])
    changes = revision.model_dump(exclude_none=True, exclude={"provenance"})
    if revision.provenance:
        changes["provenance"] = revision.provenance.model_dump(mode="json")
    days = changes.get("first_day", population.first_day), changes.get("last_day", population.last_day)
    if faults := faults_of_draft(population.control_id, *days, engagement):
        raise Invalid("The engagement is not about this.", faults=faults)
    for name, value in changes.items():
        setattr(population, name, value)
    event = PopulationRevised(**event_fields(population))
    announce(session, event, about=population, by=caller.actor, at=at)


async def add_version(
    session: AsyncSession, population_id: UUID, *, reason: str, caller: Caller, at: datetime
) -> Population:
    """Ask for another version, in place of one that was rejected or has to be replaced; it stands until this is frozen.

    `VersionUnderWay` while another one is asked for or received.
    """
    first = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
    await conducted(session, first.engagement_id, caller)
    versions = await of_series(session, first.series_id)
    await lock_by_id(session, Population, [each.id for each in versions])
    *_, latest = versions
    if is_unfinished(latest):
        raise VersionUnderWay(f"Version {latest.number} is {latest.status}: revise it, or upload its file.")
    names = ("org_id", "engagement_id", "series_id", "control_id", "title", "description", "first_day", "last_day")
    version = Population(
        **{name: getattr(latest, name) for name in names},
        number=latest.number + 1,
        created_at=at,
        updated_at=at,
    )
    session.add(version)
    event = PopulationAsked(**event_fields(version))
    announce(session, event, about=version, by=caller.actor, at=at, reason=reason)
    return version


async def conclude_on_reliability(
    session: AsyncSession, population_id: UUID, *, draft: ReliabilityDraft, caller: Caller, at: datetime
) -> None:
    """Frozen → reliable or unreliable. `SeparationOfDuties` for who froze it.

    `Invalid` for a reliable one without a procedure for completeness and one for accuracy.
    """
    population = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
    await conducted(session, population.engagement_id, caller)
    by = caller.actor
    if population.status != PopulationStatus.FROZEN:
        raise not_allowed("conclude on the reliability", population.status, ["add a version"])
    keep_apart("Who froze a population cannot conclude on its reliability", first=population.frozen_by, second=by)
    if faults := faults_of_reliability(draft):
        raise Invalid("The procedures do not support the conclusion.", faults=faults)
    population.status = PopulationStatus.RELIABLE if draft.reliable else PopulationStatus.UNRELIABLE
    population.reliability = draft.model_dump(mode="json")
    population.concluded_by, population.concluded_at = by.recorded, at
    found = PopulationFoundReliable if draft.reliable else PopulationFoundUnreliable
    announce(session, found(**event_fields(population)), about=population, by=by, at=at, reason=draft.conclusion)


def event_fields(population: Population) -> dict[str, Any]:
    """What every event about a population says: which one, of what, and the digests of its file and frame."""
    names = ("engagement_id", "series_id", "number", "control_id", "title", "first_day", "last_day")
    frozen = ("file_sha256", "frame_sha256", "row_count")
    return {name: getattr(population, name) for name in (*names, *frozen)}
