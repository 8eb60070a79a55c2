from uuid import UUID

from fastapi import Response

from services.controls.testing.check_links import actions, queries
from services.controls.testing.check_links.schemas import CheckLinkDraft, CheckLinkOut, CheckLinkRetirement
from services.controls.testing.test_results.actions import ControlNotTested, UnknownControl
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("check links")


routes.list(
    "list_check_links",
    "/v1/check-links",
    queries.check_links,
    CheckLinkOut,
    permission=P.TESTS_READ,
    description="Which checks of other systems test which controls.",
    auditors=True,
)


routes.one(
    "get_check_link",
    "/v1/check-links/{link_id}",
    queries.check_link,
    CheckLinkOut,
    permission=P.TESTS_READ,
    description="One link of a check to a control.",
    auditors=True,
)


@routes.post(
    "/v1/check-links",
    permission=P.TESTS_WRITE,
    status_code=201,
    response_model=CheckLinkOut,
    refuses=(UnknownControl, ControlNotTested, actions.AlreadyLinked),
)
async def link_check(draft: CheckLinkDraft, write: Write) -> Response:
    """Record what a check reports from now on as test results of a control: by webhook, or in result files.

    Each report is recorded once and needs no approval. The run of a fork or of another branch is no test.
    """
    link = await actions.link(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.check_link, link.id, f"/v1/check-links/{link.id}")


@routes.post(
    "/v1/check-links/{link_id}/retirements",
    permission=P.TESTS_WRITE,
    response_model=CheckLinkOut,
    refuses=(NotFound,),
)
async def retire_check_link(link_id: UUID, retirement: CheckLinkRetirement, write: Write) -> Response:
    """Say that a check tests the control no longer, and why. The results that it brought stay."""
    await actions.retire(write.session, link_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.check_link, link_id)
