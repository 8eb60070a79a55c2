from uuid import UUID

from fastapi import Response

from services.gateway.access.administrators.actions import LastAdministrator
from services.gateway.access.api_clients import actions, queries
from services.gateway.access.api_clients.schemas import (
    ApiClientDraft,
    ApiClientOut,
    ApiClientRegisteredOut,
    ClientHandover,
    SecretDraft,
    SecretIssuedOut,
    SecretOut,
)
from services.gateway.people.people.actions import require_person
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import etag
from shared.identity.permissions import P
from shared.problems import NotFound, PersonGone, UnknownPerson

routes = Routes("api clients")


class Revocation(Input):
    """Why a program may no longer act."""

    reason: Prose


routes.list(
    "list_api_clients",
    "/v1/api-clients",
    queries.api_clients,
    ApiClientOut,
    permission=P.API_CLIENTS_READ,
    description="The organisation's API clients.",
)


routes.one(
    "get_api_client",
    "/v1/api-clients/{client_id}",
    queries.api_client,
    ApiClientOut,
    permission=P.API_CLIENTS_READ,
    description="One API client, without its secrets.",
)


@routes.post(
    "/v1/api-clients",
    permission=P.API_CLIENTS_WRITE,
    status_code=201,
    response_model=ApiClientRegisteredOut,
    refuses=(UnknownPerson, PersonGone),
)
async def register_api_client(draft: ApiClientDraft, write: Write) -> Response:
    """Let a program act in the organisation. Its secret is shown this once."""
    responsible = await require_person(write.session, draft.responsible or str(write.caller.person), "/responsible")
    new = await actions.register(
        write.session,
        title=draft.title,
        roles=draft.roles,
        responsible=responsible,
        by=write.caller.actor,
        at=write.at,
    )
    out = ApiClientRegisteredOut.model_validate(
        {
            **new.client.model_dump(),
            "responsible": {"id": responsible.id, "name": responsible.name},
            "client_secret": new.secret,
        }
    )
    headers = {"Location": f"/v1/api-clients/{new.client.id}", "ETag": etag(new.client.version)}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.post(
    "/v1/api-clients/{client_id}/handovers",
    permission=P.API_CLIENTS_WRITE,
    response_model=ApiClientOut,
    refuses=(NotFound, UnknownPerson, PersonGone),
)
async def hand_api_client_over(client_id: UUID, handover: ClientHandover, write: Write) -> Response:
    """Make another person responsible for what a program does. Its tokens are withdrawn; it fetches new ones."""
    to = await require_person(write.session, handover.to, "/to")
    await actions.hand_over(write.session, client_id, to=to, by=write.caller.actor, at=write.at, reason=handover.reason)
    return await write.changed(queries.api_client, client_id)


@routes.post(
    "/v1/api-clients/{client_id}/revocations",
    permission=P.API_CLIENTS_WRITE,
    response_model=ApiClientOut,
    refuses=(NotFound, LastAdministrator),
)
async def revoke_api_client(client_id: UUID, revocation: Revocation, write: Write) -> Response:
    """Say that a program may no longer act, and why. Its tokens are withdrawn: services refuse them within a second."""
    await actions.revoke(write.session, client_id, by=write.caller.actor, at=write.at, reason=revocation.reason)
    return await write.changed(queries.api_client, client_id)


routes.list(
    "list_client_secrets",
    "/v1/api-clients/{client_id}/secrets",
    queries.client_secrets,
    SecretOut,
    permission=P.API_CLIENTS_READ,
    description="When a client's secrets were issued, used and revoked; never the secrets.",
    parent=queries.api_client,
)


@routes.post(
    "/v1/api-clients/{client_id}/secrets",
    permission=P.API_CLIENTS_WRITE,
    status_code=201,
    response_model=SecretIssuedOut,
    refuses=(NotFound, actions.TooManySecrets, actions.AlreadyPast),
)
async def issue_client_secret(client_id: UUID, draft: SecretDraft, write: Write) -> Response:
    """One more live secret, shown this once; exchange it everywhere, then revoke the old one."""
    row, secret = await actions.issue_secret(
        write.session, client_id, expires_at=draft.expires_at, by=write.caller.actor, at=write.at
    )
    out = SecretIssuedOut(**SecretOut.model_validate(row, from_attributes=True).model_dump(), client_secret=secret)
    headers = {"Location": f"/v1/api-clients/{client_id}/secrets"}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.post(
    "/v1/api-clients/{client_id}/secrets/{secret_id}/revocations",
    permission=P.API_CLIENTS_WRITE,
    response_model=ApiClientOut,
    refuses=(NotFound, LastAdministrator),
)
async def revoke_client_secret(client_id: UUID, secret_id: UUID, write: Write) -> Response:
    """Say that a secret works no more. The client's tokens are withdrawn; it fetches new ones with another secret."""
    await actions.revoke_secret(write.session, client_id, secret_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.api_client, client_id)
