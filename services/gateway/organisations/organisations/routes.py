from uuid import UUID

from fastapi import Response

from services.gateway.organisations.organisations import actions, queries
from services.gateway.organisations.organisations.schemas import (
    Credentials,
    OrganisationDraft,
    OrganisationFoundedOut,
    OrganisationOut,
    OrganisationRevision,
    StorageQuotaDraft,
    StorageQuotaOut,
)
from shared.http.doors import Write
from shared.http.fields import NamedPerson
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, etag
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("organisations")


@routes.post(
    "/v1/organisations",
    permission=P.ORGANISATIONS_FOUND,
    status_code=201,
    response_model=OrganisationFoundedOut,
)
async def found_organisation(draft: OrganisationDraft, write: Write) -> Response:
    """Set up an organisation with its first administrator and their API client, whose secret is shown this once."""
    new = await actions.found(write.session, draft=draft, by=write.caller.actor, at=write.at)
    founded = OrganisationFoundedOut(
        organisation=OrganisationOut.model_validate(new.organisation, from_attributes=True),
        administrator=NamedPerson.model_validate(new.administrator, from_attributes=True),
        admin=Credentials(client_id=new.client.client.id, client_secret=new.client.secret),
    )
    headers = {"Location": f"/v1/organisations/{new.organisation.id}", "ETag": etag(new.organisation.version)}
    return Response(founded.model_dump_json(), 201, headers, "application/json")


routes.list(
    "list_organisations",
    "/v1/organisations",
    queries.organisations,
    OrganisationOut,
    permission=P.ORGANISATION_READ,
    description="The organisations that the caller acts in: their own.",
)


routes.one(
    "get_organisation",
    "/v1/organisations/{organisation_id}",
    queries.organisation,
    OrganisationOut,
    permission=P.ORGANISATION_READ,
    description="One organisation.",
)


@routes.patch(
    "/v1/organisations/{organisation_id}",
    permission=P.ORGANISATION_WRITE,
    response_model=OrganisationOut,
    refuses=(NotFound,),
)
async def rename_organisation(
    organisation_id: UUID, draft: OrganisationRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Give the organisation another name."""
    await actions.rename(
        write.session, organisation_id, title=draft.title, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.organisation, organisation_id)


@routes.post(
    "/v1/organisations/{organisation_id}/storage-quota",
    permission=P.STORAGE_QUOTAS_WRITE,
    response_model=StorageQuotaOut,
    refuses=(NotFound,),
)
async def set_storage_quota(organisation_id: UUID, draft: StorageQuotaDraft, write: Write) -> StorageQuotaOut:
    """Say how many bytes of files an organisation may keep. Only operators may; what is kept already stays."""
    await actions.set_storage_quota(
        write.session,
        organisation_id,
        quota_bytes=draft.quota_bytes,
        reason=draft.reason,
        by=write.caller.actor,
        at=write.at,
    )
    return StorageQuotaOut(organisation_id=organisation_id, quota_bytes=draft.quota_bytes)
