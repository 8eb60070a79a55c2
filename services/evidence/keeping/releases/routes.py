from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.evidence.keeping.releases import actions, queries
from services.evidence.keeping.releases.models import ReleaseStatus
from services.evidence.keeping.releases.schemas import ReleaseDraft, ReleaseOut, ReleaseWithdrawal
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("report releases")


@routes.get("/v1/releases", permission=P.RETENTION_READ, response_model=Page[ReleaseOut])
async def list_releases(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at",
    status: ReleaseStatus | None = None,
    q: Annotated[Search | None, Query(description="In the title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """Reports released outside of Attest. Those of its engagements are known without being recorded."""
    return await read.page(
        queries.releases, PageRequest(limit, cursor, sort), status=status, q=q, updated_since=updated_since
    )


@routes.get("/v1/releases/{release_id}", permission=P.RETENTION_READ, response_model=ReleaseOut, refuses=(NotFound,))
async def get_release(release_id: UUID, read: Read) -> Response:
    """One recorded release."""
    return await read.one(queries.release, release_id)


@routes.post(
    "/v1/releases",
    permission=P.RETENTION_WRITE,
    status_code=201,
    response_model=ReleaseOut,
    refuses=(actions.NotYetReleased,),
)
async def record_release(draft: ReleaseDraft, write: Write) -> Response:
    """Say that a report was released, so that the time of what it rests on begins to run."""
    release = await actions.record(write.session, draft=draft, by=write.caller.actor, at=write.at)
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
