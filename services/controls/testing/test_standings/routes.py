from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.testing.test_standings import actions, queries
from services.controls.testing.test_standings.schemas import StandingOut, StandingWithdrawal
from shared.data.reads import PageRequest
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Search, Title
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("test standings")


@routes.get("/v1/test-standings", permission=P.TESTS_READ, response_model=Page[StandingOut])
async def list_test_standings(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at",
    control_id: UUID | None = None,
    kind: TestKind | None = None,
    source: Annotated[Title | None, Query(examples=["github-actions"])] = None,
    concluded: Literal[Outcome.PASS, Outcome.FAIL] | None = None,
    latest: Outcome | None = None,
    withdrawn: bool | None = None,
    q: Annotated[Search | None, Query(description="In the title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """What is tested of the organisation's controls, and how it stands."""
    return await read.page(
        queries.standings,
        PageRequest(limit, cursor, sort),
        control_id=control_id,
        kind=kind,
        source=source,
        concluded=concluded,
        latest=latest,
        withdrawn=withdrawn,
        q=q,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/test-standings/{standing_id}",
    permission=P.TESTS_READ,
    response_model=StandingOut,
    refuses=(NotFound,),
)
async def get_test_standing(standing_id: UUID, read: Read) -> Response:
    """One thing that is tested, and how it stands."""
    return await read.one(queries.standing, standing_id)


@routes.post(
    "/v1/test-standings/{standing_id}/withdrawals",
    permission=P.TESTS_APPROVE,
    response_model=StandingOut,
    refuses=(NotFound,),
)
async def withdraw_test_standing(standing_id: UUID, withdrawal: StandingWithdrawal, write: Write) -> Response:
    """Say that something is no longer tested, and why: it does not count any longer. A new result brings it back."""
    await actions.withdraw(write.session, standing_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.standing, standing_id)
