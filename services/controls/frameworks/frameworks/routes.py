from fastapi import Response

from services.controls.frameworks.frameworks import actions, queries
from services.controls.frameworks.frameworks.schemas import (
    FrameworkDraft,
    FrameworkOut,
    FrameworkVersionDetails,
    FrameworkVersionOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import CodeTaken

routes = Routes("frameworks")


routes.list(
    "list_frameworks",
    "/v1/frameworks",
    queries.frameworks,
    FrameworkOut,
    permission=P.FRAMEWORKS_READ,
    description="The frameworks that come with Attest, and the organisation's own.",
    auditors=True,
)


routes.one(
    "get_framework",
    "/v1/frameworks/{framework_id}",
    queries.framework,
    FrameworkOut,
    permission=P.FRAMEWORKS_READ,
    description="One framework.",
    auditors=True,
)


@routes.post(
    "/v1/frameworks",
    permission=P.FRAMEWORKS_WRITE,
    status_code=201,
    response_model=FrameworkOut,
    refuses=(CodeTaken,),
)
async def define_framework(draft: FrameworkDraft, write: Write) -> Response:
    """Define a framework of the organisation's own."""
    framework = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.framework, framework.id, f"/v1/frameworks/{framework.id}")


routes.list(
    "list_framework_versions",
    "/v1/framework-versions",
    queries.framework_versions,
    FrameworkVersionOut,
    permission=P.FRAMEWORKS_READ,
    description="The versions that can be pinned, newest first.",
    auditors=True,
)


routes.one(
    "get_framework_version",
    "/v1/framework-versions/{version_id}",
    queries.framework_version,
    FrameworkVersionDetails,
    permission=P.FRAMEWORKS_READ,
    description="One version of a framework.",
    auditors=True,
)
