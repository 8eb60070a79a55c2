from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes import actions, queries
from services.controls.programmes.models import ReportType
from services.controls.programmes.schemas import ProgrammeDraft, ProgrammeOut
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Code
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("programmes")


@routes.get("/v1/programmes", permission=P.PROGRAMMES_READ, response_model=Page[ProgrammeOut])
async def list_programmes(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "title", "-title"] = "-created_at",
    report_type: ReportType | None = None,
    framework: Annotated[Code | None, Query(examples=["soc2"])] = None,
) -> Response:
    """The organisation's programmes."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.programmes, page, report_type=report_type, framework=framework)


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
