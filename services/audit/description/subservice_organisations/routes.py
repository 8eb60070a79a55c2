from uuid import UUID

from fastapi import Response

from services.audit.description.described_engagements.actions import NotDescribed
from services.audit.description.subservice_organisations import actions, queries
from services.audit.description.subservice_organisations.schemas import (
    SubserviceEnding,
    SubserviceOrganisationDraft,
    SubserviceOrganisationOut,
    SubserviceOrganisationRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("subservice organisations")


routes.list(
    "list_subservice_organisations",
    "/v1/subservice-organisations",
    queries.organisations,
    SubserviceOrganisationOut,
    permission=P.DESCRIPTIONS_READ,
    description="The subservice organisations of the systems that engagements examine, ended ones included.",
    auditors=True,
)


routes.one(
    "get_subservice_organisation",
    "/v1/subservice-organisations/{organisation_id}",
    queries.organisation,
    SubserviceOrganisationOut,
    permission=P.DESCRIPTIONS_READ,
    description="One subservice organisation.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/subservice-organisations",
    permission=P.DESCRIPTIONS_WRITE,
    status_code=201,
    response_model=SubserviceOrganisationOut,
    refuses=(NotFound, NotDescribed),
)
async def record_subservice_organisation(
    engagement_id: UUID, draft: SubserviceOrganisationDraft, write: Write
) -> Response:
    """Record a subservice organisation, carved out or by the inclusive method."""
    organisation = await actions.record(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.organisation, organisation.id, f"/v1/subservice-organisations/{organisation.id}")


@routes.patch(
    "/v1/subservice-organisations/{organisation_id}",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SubserviceOrganisationOut,
    refuses=(NotFound,),
)
async def revise_subservice_organisation(
    organisation_id: UUID, revision: SubserviceOrganisationRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change its services, method, controls or agreement. Approved descriptions stay as they are."""
    await actions.revise(
        write.session, organisation_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.organisation, organisation_id)


@routes.post(
    "/v1/subservice-organisations/{organisation_id}/endings",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SubserviceOrganisationOut,
    refuses=(NotFound,),
)
async def end_subservice_organisation(organisation_id: UUID, ending: SubserviceEnding, write: Write) -> Response:
    """Say that it is used no longer, since when and why. It stays on record."""
    await actions.end(write.session, organisation_id, ending=ending, by=write.caller.actor, at=write.at)
    return await write.changed(queries.organisation, organisation_id)
