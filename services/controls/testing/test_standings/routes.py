from uuid import UUID

from fastapi import Response

from services.controls.testing.test_standings import actions, queries
from services.controls.testing.test_standings.schemas import StandingOut, StandingWithdrawal
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("test standings")


routes.list(
    "list_test_standings",
    "/v1/test-standings",
    queries.standings,
    StandingOut,
    permission=P.TESTS_READ,
    description="What is tested of the organisation's controls, and how it stands.",
    auditors=True,
)


routes.one(
    "get_test_standing",
    "/v1/test-standings/{standing_id}",
    queries.standing,
    StandingOut,
    permission=P.TESTS_READ,
    description="One thing that is tested, and how it stands.",
    auditors=True,
)


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
