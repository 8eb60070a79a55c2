from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.frameworks.frameworks import actions, queries
from services.controls.frameworks.frameworks.models import Scheme
from services.controls.frameworks.frameworks.schemas import (
    FrameworkDraft,
    FrameworkOut,
    FrameworkVersionDetails,
    FrameworkVersionOut,
)
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("frameworks")


@routes.get("/v1/frameworks", permission=P.FRAMEWORKS_READ, response_model=Page[FrameworkOut])
async def list_frameworks(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code", "created_at", "-created_at"] = "code",
    scheme: Scheme | None = None,
    q: Annotated[Search | None, Query(description="In code and title")] = None,
) -> Response:
    """The frameworks that come with Attest, and the organisation's own."""
    return await read.page(queries.frameworks, PageRequest(limit, cursor, sort), scheme=scheme, q=q)


@routes.get(
    "/v1/frameworks/{framework_id}", permission=P.FRAMEWORKS_READ, response_model=FrameworkOut, refuses=(NotFound,)
)
async def get_framework(framework_id: UUID, read: Read) -> Response:
    """One framework."""
    return await read.one(queries.framework, framework_id)


@routes.post(
    "/v1/frameworks",
    permission=P.FRAMEWORKS_WRITE,
    status_code=201,
    response_model=FrameworkOut,
    refuses=(actions.FrameworkCodeTaken,),
)
async def define_framework(draft: FrameworkDraft, write: Write) -> Response:
    """Define a framework of the organisation's own."""
    framework = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.framework, framework.id, f"/v1/frameworks/{framework.id}")


@routes.get("/v1/framework-versions", permission=P.FRAMEWORKS_READ, response_model=Page[FrameworkVersionOut])
async def list_framework_versions(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at"] = "-created_at",
    framework_id: UUID | None = None,
) -> Response:
    """The versions that can be pinned, newest first."""
    return await read.page(queries.framework_versions, PageRequest(limit, cursor, sort), framework_id=framework_id)


@routes.get(
    "/v1/framework-versions/{version_id}",
    permission=P.FRAMEWORKS_READ,
    response_model=FrameworkVersionDetails,
    refuses=(NotFound,),
)
async def get_framework_version(version_id: UUID, read: Read) -> Response:
    """One version of a framework."""
    return await read.one(queries.framework_version, version_id)
