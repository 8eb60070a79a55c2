from uuid import UUID

from fastapi import Response

from services.controls.programmes.programmes import actions, queries
from services.controls.programmes.programmes.schemas import (
    ProgrammeClosure,
    ProgrammeDraft,
    ProgrammeOut,
    ProgrammeRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("programmes")


routes.list(
    "list_programmes",
    "/v1/programmes",
    queries.programmes,
    ProgrammeOut,
    permission=P.PROGRAMMES_READ,
    description="The organisation's programmes.",
)


routes.one(
    "get_programme",
    "/v1/programmes/{programme_id}",
    queries.programme,
    ProgrammeOut,
    permission=P.PROGRAMMES_READ,
    description="One programme.",
)


@routes.post(
    "/v1/programmes",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=ProgrammeOut,
    refuses=PERSON_REFUSALS,
)
async def start_programme(draft: ProgrammeDraft, write: Write) -> Response:
    """Set out for a report or certificate, with the categories and the system in scope."""
    programme = await actions.start(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.programme, programme.id, f"/v1/programmes/{programme.id}")


@routes.patch(
    "/v1/programmes/{programme_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=ProgrammeOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_programme(
    programme_id: UUID, revision: ProgrammeRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a programme's scope, owner, dates or target date."""
    await actions.revise(
        write.session, programme_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.programme, programme_id)


@routes.post(
    "/v1/programmes/{programme_id}/closures",
    permission=P.PROGRAMMES_WRITE,
    response_model=ProgrammeOut,
    refuses=(NotFound,),
)
async def close_programme(programme_id: UUID, closure: ProgrammeClosure, write: Write) -> Response:
    """Say that a programme has come to what it went for, or that the organisation no longer goes for it, and why."""
    await actions.close(write.session, programme_id, closure=closure, by=write.caller.actor, at=write.at)
    return await write.changed(queries.programme, programme_id)
