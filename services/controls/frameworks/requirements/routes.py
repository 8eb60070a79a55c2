from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.frameworks.requirements import queries
from services.controls.frameworks.requirements.schemas import RequirementOut
from shared.data.reads import PageRequest
from shared.http.doors import Read
from shared.http.fields import Code, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("requirements")


@routes.get("/v1/requirements", permission=P.FRAMEWORKS_READ, response_model=Page[RequirementOut])
async def list_requirements(
    read: Read,
    version_id: UUID,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["position", "-position"] = "position",
    category: Annotated[Code | None, Query(examples=["security"])] = None,
    assessed: bool | None = None,
    q: Annotated[Search | None, Query(description="In reference and title")] = None,
) -> Response:
    """What a version of a framework asks for, in its own order."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.requirements, page, version_id=version_id, category=category, assessed=assessed, q=q)


@routes.get(
    "/v1/requirements/{requirement_id}",
    permission=P.FRAMEWORKS_READ,
    response_model=RequirementOut,
    refuses=(NotFound,),
)
async def get_requirement(requirement_id: UUID, read: Read) -> Response:
    """One requirement."""
    return await read.one(queries.requirement, requirement_id)
