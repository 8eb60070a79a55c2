from uuid import UUID

from fastapi import Response

from services.audit.sampling.populations import actions, queries
from services.audit.sampling.populations.schemas import (
    PopulationDraft,
    PopulationOut,
    PopulationRevision,
    PopulationVersionDraft,
    ReliabilityDraft,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("populations")


routes.list(
    "list_populations",
    "/v1/populations",
    queries.populations,
    PopulationOut,
    permission=P.POPULATIONS_READ,
    auditors=True,
    description="The populations of the firm's engagements with all their versions, newest first.",
)


routes.one(
    "get_population",
    "/v1/populations/{population_id}",
    queries.population,
    PopulationOut,
    permission=P.POPULATIONS_READ,
    auditors=True,
    description="One population, with what its rows show and what was concluded of it.",
)


@routes.post(
    "/v1/engagements/{engagement_id}/populations",
    permission=P.POPULATIONS_WRITE,
    auditors=True,
    status_code=201,
    response_model=PopulationOut,
    refuses=(NotFound,),
)
async def ask_for_population(engagement_id: UUID, draft: PopulationDraft, write: Write) -> Response:
    """Ask for a population: say what belongs to it and, as soon as that is known, where it comes from."""
    population = await actions.ask(write.session, engagement_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.population, population.id, f"/v1/populations/{population.id}")


@routes.patch(
    "/v1/populations/{population_id}",
    permission=P.POPULATIONS_WRITE,
    auditors=True,
    response_model=PopulationOut,
    refuses=(NotFound,),
)
async def revise_population(
    population_id: UUID, revision: PopulationRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what is asked for or where it comes from, before the file is there."""
    await actions.revise(
        write.session, population_id, revision=revision, expected=expected, caller=write.caller, at=write.at
    )
    return await write.changed(queries.population, population_id)


@routes.post(
    "/v1/populations/{population_id}/versions",
    permission=P.POPULATIONS_WRITE,
    auditors=True,
    status_code=201,
    response_model=PopulationOut,
    refuses=(NotFound, actions.VersionUnderWay),
)
async def add_population_version(population_id: UUID, draft: PopulationVersionDraft, write: Write) -> Response:
    """Ask for another version, with a reason. The one before is superseded once this is frozen."""
    version = await actions.add_version(
        write.session, population_id, reason=draft.reason, caller=write.caller, at=write.at
    )
    return await write.created(queries.population, version.id, f"/v1/populations/{version.id}")


@routes.post(
    "/v1/populations/{population_id}/reliability-conclusions",
    permission=P.POPULATIONS_WRITE,
    auditors=True,
    response_model=PopulationOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def conclude_on_reliability(population_id: UUID, draft: ReliabilityDraft, write: Write) -> Response:
    """Conclude whether a frozen population is complete, accurate and precise enough. Another person froze it."""
    await actions.conclude_on_reliability(write.session, population_id, draft=draft, caller=write.caller, at=write.at)
    return await write.changed(queries.population, population_id)
