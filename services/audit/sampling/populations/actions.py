"""The verbs of a population but for its file. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.sampling.populations.models import Population, PopulationStatus
from services.audit.sampling.populations.queries import is_unfinished, of_series
from services.audit.sampling.populations.rules import faults_of_reliability
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
from shared.identity.callers import Actor, keep_apart
from shared.problems import Conflict, Fault, Invalid, not_allowed


class VersionUnderWay(Conflict):
    """Another version of the population is under way."""


async def ask(
    session: AsyncSession, engagement_id: UUID, *, draft: PopulationDraft, by: Actor, at: datetime
) -> Population:
    """Ask for a population of an engagement."""
    key = new_id()
    population = Population(
        id=key,
        org_id=organisation_of(session),
        engagement_id=engagement_id,
        series_id=key,
        **draft.model_dump(exclude={"provenance"}),
        provenance=draft.provenance.model_dump(mode="json") if draft.provenance else None,
        created_at=at,
        updated_at=at,
    )
    session.add(population)
    announce(session, PopulationAsked(**event_fields(population)), about=population, by=by, at=at)
    return population


async def revise(
    session: AsyncSession,
    population_id: UUID,
    *,
    revision: PopulationRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change what is asked for, or where it comes from, before the file is there. `Invalid` for a wrong period."""
    population = await locked(session, Population, population_id, noun="population", expected=expected)
    if population.status != PopulationStatus.ASKED:
        raise not_allowed("revise", population.status, ["add a version"])
    changes = revision.model_dump(exclude_none=True, exclude={"provenance"})
    if revision.provenance:
        changes["provenance"] = revision.provenance.model_dump(mode="json")
    for name, value in changes.items():
        setattr(population, name, value)
    if population.first_day > population.last_day:
        fault = Fault("/last_day", "must not be before first_day")
        raise Invalid("The period ends before it begins.", faults=[fault])
    announce(session, PopulationRevised(**event_fields(population)), about=population, by=by, at=at)


async def add_version(
    session: AsyncSession, population_id: UUID, *, reason: str, by: Actor, at: datetime
) -> Population:
    """Ask for another version, in place of one that was rejected or has to be replaced; it stands until this is frozen.

    `VersionUnderWay` while another one is asked for or received.
    """
    first = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
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
    announce(session, PopulationAsked(**event_fields(version)), about=version, by=by, at=at, reason=reason)
    return version


async def conclude_on_reliability(
    session: AsyncSession, population_id: UUID, *, draft: ReliabilityDraft, by: Actor, at: datetime
) -> None:
    """Frozen → reliable or unreliable. `SeparationOfDuties` for who froze it.

    `Invalid` for a reliable one without a procedure for completeness and one for accuracy.
    """
    population = await locked(session, Population, population_id, noun="population", expected=ANY_VERSION)
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
