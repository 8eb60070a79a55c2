from uuid import UUID

from fastapi import Response

from services.audit.description.described_engagements.actions import NotDescribed
from services.audit.description.system_descriptions import actions, queries
from services.audit.description.system_descriptions.schemas import (
    DescriptionApproval,
    DescriptionWords,
    SystemDescriptionOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("system descriptions")


routes.list(
    "list_system_descriptions",
    "/v1/system-descriptions",
    queries.descriptions,
    SystemDescriptionOut,
    permission=P.DESCRIPTIONS_READ,
    description="The versions of system descriptions, newest first; what they say is in their documents.",
    auditors=True,
)


routes.one(
    "get_system_description",
    "/v1/system-descriptions/{description_id}",
    queries.description,
    SystemDescriptionOut,
    permission=P.DESCRIPTIONS_READ,
    description="One version of a system description.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/system-descriptions",
    permission=P.DESCRIPTIONS_WRITE,
    status_code=201,
    response_model=SystemDescriptionOut,
    refuses=(NotFound, NotDescribed, actions.DescriptionOnItsWay),
)
async def draft_system_description(engagement_id: UUID, words: DescriptionWords, write: Write) -> Response:
    """Begin the next version; what is left out is taken over from the version before."""
    description = await actions.draft(write.session, engagement_id, words=words, by=write.caller.actor, at=write.at)
    return await write.created(queries.description, description.id, f"/v1/system-descriptions/{description.id}")


@routes.patch(
    "/v1/system-descriptions/{description_id}",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SystemDescriptionOut,
    refuses=(NotFound,),
)
async def revise_system_description(
    description_id: UUID, words: DescriptionWords, expected: ExpectedVersion, write: Write
) -> Response:
    """Change the words of a draft. Whoever does becomes one of its authors."""
    await actions.revise(
        write.session, description_id, words=words, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.description, description_id)


@routes.post(
    "/v1/system-descriptions/{description_id}/approvals",
    permission=P.DESCRIPTIONS_APPROVE,
    response_model=SystemDescriptionOut,
    refuses=(NotFound, SeparationOfDuties, actions.DescriptionIncomplete, actions.DescriptionChanged),
)
async def approve_system_description(description_id: UUID, approval: DescriptionApproval, write: Write) -> Response:
    """Approve a draft as it was read, with all that it names. The approver is none of its authors."""
    await actions.approve(write.session, description_id, sha256=approval.sha256, by=write.caller.actor, at=write.at)
    return await write.changed(queries.description, description_id)
