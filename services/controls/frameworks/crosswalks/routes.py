from uuid import UUID

from fastapi import Response

from services.controls.frameworks.crosswalks import actions, queries
from services.controls.frameworks.crosswalks.schemas import CrosswalkDraft, CrosswalkOut, CrosswalkRevision
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import CodeTaken, ComesWithAttest, NotFound

routes = Routes("crosswalks")


class CrosswalkWithdrawal(Input):
    """Why nothing is to be read through this any longer."""

    reason: Prose


routes.list(
    "list_crosswalks",
    "/v1/crosswalks",
    queries.crosswalks,
    CrosswalkOut,
    permission=P.FRAMEWORKS_READ,
    description="The crosswalks that come with Attest, and the organisation's own.",
)


routes.one(
    "get_crosswalk",
    "/v1/crosswalks/{crosswalk_id}",
    queries.crosswalk,
    CrosswalkOut,
    permission=P.FRAMEWORKS_READ,
    description="One crosswalk.",
)


@routes.post(
    "/v1/crosswalks",
    permission=P.FRAMEWORKS_WRITE,
    status_code=201,
    response_model=CrosswalkOut,
    refuses=(CodeTaken,),
)
async def define_crosswalk(draft: CrosswalkDraft, write: Write) -> Response:
    """Begin a crosswalk of the organisation's own between two frameworks."""
    crosswalk = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.crosswalk, crosswalk.id, f"/v1/crosswalks/{crosswalk.id}")


@routes.patch(
    "/v1/crosswalks/{crosswalk_id}",
    permission=P.FRAMEWORKS_WRITE,
    response_model=CrosswalkOut,
    refuses=(NotFound, ComesWithAttest),
)
async def revise_crosswalk(
    crosswalk_id: UUID, revision: CrosswalkRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what a crosswalk is called, or what is said of its origin."""
    await actions.revise(
        write.session, crosswalk_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.crosswalk, crosswalk_id)


@routes.post(
    "/v1/crosswalks/{crosswalk_id}/withdrawals",
    permission=P.FRAMEWORKS_WRITE,
    response_model=CrosswalkOut,
    refuses=(NotFound, ComesWithAttest),
)
async def withdraw_crosswalk(crosswalk_id: UUID, withdrawal: CrosswalkWithdrawal, write: Write) -> Response:
    """Say that nothing is to be read through a crosswalk any longer, and why."""
    await actions.withdraw(write.session, crosswalk_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.crosswalk, crosswalk_id)
