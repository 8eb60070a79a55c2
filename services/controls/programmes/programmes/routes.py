from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.programmes import actions, queries
from services.controls.programmes.programmes.models import ProgrammeStatus, ReportType
from services.controls.programmes.programmes.schemas import (
    ProgrammeClosure,
    ProgrammeDraft,
    ProgrammeOut,
    ProgrammeRevision,
)
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Code, Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("programmes")


@routes.get("/v1/programmes", permission=P.PROGRAMMES_READ, response_model=Page[ProgrammeOut])
async def list_programmes(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "title", "-title", "updated_at", "-updated_at"] = "-created_at",
    report_type: ReportType | None = None,
    framework: Annotated[Code | None, Query(examples=["soc2"])] = None,
    status: ProgrammeStatus | None = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """The organisation's programmes."""
    return await read.page(
        queries.programmes,
        PageRequest(limit, cursor, sort),
        report_type=report_type,
        framework=framework,
        status=status,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/programmes/{programme_id}",
    permission=P.PROGRAMMES_READ,
    response_model=ProgrammeOut,
    refuses=(NotFound,),
)
async def get_programme(programme_id: UUID, read: Read) -> Response:
    """One programme."""
    return await read.one(queries.programme, programme_id)


@routes.post("/v1/programmes", permission=P.PROGRAMMES_WRITE, status_code=201, response_model=ProgrammeOut)
async def start_programme(draft: ProgrammeDraft, write: Write) -> Response:
    """Set out for a report or certificate, with the categories and the system in scope."""
    programme = await actions.start(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.programme, programme.id, f"/v1/programmes/{programme.id}")


@routes.patch(
    "/v1/programmes/{programme_id}",
    permission=P.PROGRAMMES_WRITE,
    response_model=ProgrammeOut,
    refuses=(NotFound,),
)
async def revise_programme(
    programme_id: UUID, revision: ProgrammeRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a programme's scope, system, commitments, owner or target date."""
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
