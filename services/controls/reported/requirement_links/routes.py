from uuid import UUID

from fastapi import Response

from services.controls.reported.requirement_links import actions, queries
from services.controls.reported.requirement_links.schemas import (
    RequirementLinkDraft,
    RequirementLinkOut,
    RequirementLinkRetirement,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("requirement links")


routes.list(
    "list_requirement_links",
    "/v1/requirement-links",
    queries.requirement_links,
    RequirementLinkOut,
    permission=P.TESTS_READ,
    description="Of which sources the requirements that their checks name are followed to controls.",
)


routes.one(
    "get_requirement_link",
    "/v1/requirement-links/{link_id}",
    queries.requirement_link,
    RequirementLinkOut,
    permission=P.TESTS_READ,
    description="One link of what a source names to controls.",
)


@routes.post(
    "/v1/requirement-links",
    permission=P.TESTS_WRITE,
    status_code=201,
    response_model=RequirementLinkOut,
    refuses=(actions.AlreadyFollowed,),
)
async def link_requirements(draft: RequirementLinkDraft, write: Write) -> Response:
    """Record what a source reports from now on as test results of the controls that answer the requirements it names.

    A control answers a requirement by its own text, by an adopted mapping, or through a crosswalk entry of one of
    `relations`. Each result says by which way it came. A check that reaches over 100 controls so tests none of them.
    """
    link = await actions.link(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.requirement_link, link.id, f"/v1/requirement-links/{link.id}")


@routes.post(
    "/v1/requirement-links/{link_id}/retirements",
    permission=P.TESTS_WRITE,
    response_model=RequirementLinkOut,
    refuses=(NotFound,),
)
async def retire_requirement_link(link_id: UUID, retirement: RequirementLinkRetirement, write: Write) -> Response:
    """Say that the requirements which the source names are followed no longer, and why. Results that came stay."""
    await actions.retire(write.session, link_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.requirement_link, link_id)
