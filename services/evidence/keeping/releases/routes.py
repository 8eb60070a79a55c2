from uuid import UUID

from fastapi import Response

from services.evidence.keeping.releases import actions, queries
from services.evidence.keeping.releases.schemas import ReleaseDraft, ReleaseOut, ReleaseWithdrawal
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("report releases")


routes.list(
    "list_releases",
    "/v1/releases",
    queries.releases,
    ReleaseOut,
    permission=P.RETENTION_READ,
    description="Reports released outside of Attest. Those of its engagements are known without being recorded.",
)


routes.one(
    "get_release",
    "/v1/releases/{release_id}",
    queries.release,
    ReleaseOut,
    permission=P.RETENTION_READ,
    description="One recorded release.",
)


@routes.post(
    "/v1/releases",
    permission=P.RETENTION_WRITE,
    status_code=201,
    response_model=ReleaseOut,
    refuses=(actions.NotYetReleased,),
)
async def record_release(draft: ReleaseDraft, write: Write) -> Response:
    """Say that a report was released, so that the time of what it rests on begins to run."""
    release = actions.record(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.release, release.id, f"/v1/releases/{release.id}")


@routes.post(
    "/v1/releases/{release_id}/withdrawals",
    permission=P.RETENTION_WRITE,
    response_model=ReleaseOut,
    refuses=(NotFound,),
)
async def withdraw_release(release_id: UUID, withdrawal: ReleaseWithdrawal, write: Write) -> Response:
    """Say that a release should not have been recorded, and why."""
    await actions.withdraw(write.session, release_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.release, release_id)
