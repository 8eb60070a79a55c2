from uuid import UUID

from fastapi import Response

from services.controls.programmes.framework_withdrawals import actions
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import ComesWithAttest, Conflict, NotFound

routes = Routes("framework withdrawals")


@routes.delete(
    "/v1/frameworks/{framework_id}",
    permission=P.FRAMEWORKS_WRITE,
    status_code=204,
    refuses=(NotFound, ComesWithAttest, Conflict, actions.InUse),
)
async def withdraw_framework(framework_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
    """Take an own framework away, with versions that nothing was ever pinned to; its code is free again."""
    await actions.withdraw_framework(write.session, framework_id, expected=expected, by=write.caller.actor, at=write.at)
    return Response(status_code=204)


@routes.delete(
    "/v1/framework-versions/{version_id}",
    permission=P.FRAMEWORKS_WRITE,
    status_code=204,
    refuses=(NotFound, ComesWithAttest, Conflict, actions.InUse),
)
async def withdraw_framework_version(version_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
    """Take a version of an own framework away that nothing was ever pinned to; its label is free again."""
    await actions.withdraw_version(write.session, version_id, expected=expected, by=write.caller.actor, at=write.at)
    return Response(status_code=204)
