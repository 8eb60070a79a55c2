from datetime import timedelta
from uuid import UUID

from fastapi import Response

from services.integrations.sending.endpoint_secrets.actions import LastWebhookSecret, TooManyWebhookSecrets
from services.integrations.sending.endpoint_secrets.queries import endpoint_secrets
from services.integrations.sending.endpoints import actions, queries
from services.integrations.sending.endpoints.schemas import (
    EndpointDraft,
    EndpointOut,
    EndpointReason,
    EndpointRegisteredOut,
    EndpointRevision,
    WebhookSecretDraft,
    WebhookSecretIssuedOut,
    WebhookSecretOut,
)
from services.integrations.sending.webhook_deliveries.queries import webhook_delivery
from services.integrations.sending.webhook_deliveries.schemas import WebhookDeliveryOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, etag
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("webhook endpoints")


routes.list(
    "list_webhook_endpoints",
    "/v1/webhook-endpoints",
    queries.endpoints,
    EndpointOut,
    permission=P.WEBHOOKS_READ,
    description="Where the organisation has webhooks delivered, and how that is going.",
)


routes.one(
    "get_webhook_endpoint",
    "/v1/webhook-endpoints/{endpoint_id}",
    queries.endpoint,
    EndpointOut,
    permission=P.WEBHOOKS_READ,
    description="One endpoint: what it wants, who answers for it, how deliveries are going.",
)


@routes.post(
    "/v1/webhook-endpoints",
    permission=P.WEBHOOKS_WRITE,
    status_code=201,
    response_model=EndpointRegisteredOut,
    refuses=PERSON_REFUSALS,
)
async def register_webhook_endpoint(draft: EndpointDraft, write: Write) -> Response:
    """Have webhooks delivered to an address. It is sent a test at once, and is active when that is answered 2xx.

    It is told what both you and its owner may read, with ids, numbers and states and no text: read the rest by `url`.
    """
    new = await actions.register(write.session, draft=draft, by=write.caller, at=write.at)
    out = EndpointRegisteredOut.model_validate(
        {
            **new.endpoint.model_dump(),
            "owner": {"id": new.owner.id, "name": new.owner.name},
            "standing": {"waiting": 1},
            "secret": new.key.shown,
            "public_key": new.key.public,
        }
    )
    headers = {"Location": f"/v1/webhook-endpoints/{new.endpoint.id}", "ETag": etag(new.endpoint.version)}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.patch(
    "/v1/webhook-endpoints/{endpoint_id}",
    permission=P.WEBHOOKS_WRITE,
    response_model=EndpointOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_webhook_endpoint(
    endpoint_id: UUID, revision: EndpointRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change an endpoint. From then on it is told what you and its owner may read."""
    await actions.revise(write.session, endpoint_id, revision=revision, expected=expected, by=write.caller, at=write.at)
    return await write.changed(queries.endpoint, endpoint_id)


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/tests",
    permission=P.WEBHOOKS_WRITE,
    status_code=201,
    response_model=WebhookDeliveryOut,
    refuses=(NotFound,),
)
async def test_webhook_endpoint(endpoint_id: UUID, write: Write) -> Response:
    """Send a test, once, also to an endpoint that is disabled. Read the delivery to see what was answered."""
    delivery_id = await actions.send_test(write.session, endpoint_id, by=write.caller.actor, at=write.at)
    return await write.created(webhook_delivery, delivery_id, f"/v1/webhook-deliveries/{delivery_id}")


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/activations",
    permission=P.WEBHOOKS_WRITE,
    response_model=EndpointOut,
    refuses=(NotFound,),
)
async def activate_webhook_endpoint(endpoint_id: UUID, write: Write) -> Response:
    """Deliver to a disabled endpoint again, with all that waits for it, as soon as it answers a test."""
    await actions.activate(write.session, endpoint_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.endpoint, endpoint_id)


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/disablements",
    permission=P.WEBHOOKS_WRITE,
    response_model=EndpointOut,
    refuses=(NotFound,),
)
async def disable_webhook_endpoint(endpoint_id: UUID, why: EndpointReason, write: Write) -> Response:
    """Deliver nothing for now; what is for the endpoint waits."""
    await actions.disable(write.session, endpoint_id, reason=why.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.endpoint, endpoint_id)


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/retirements",
    permission=P.WEBHOOKS_WRITE,
    response_model=EndpointOut,
    refuses=(NotFound,),
)
async def retire_webhook_endpoint(endpoint_id: UUID, why: EndpointReason, write: Write) -> Response:
    """Deliver nothing to an endpoint any more, for good. What was delivered stays on record."""
    await actions.retire(write.session, endpoint_id, reason=why.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.endpoint, endpoint_id)


routes.list(
    "list_webhook_secrets",
    "/v1/webhook-endpoints/{endpoint_id}/secrets",
    endpoint_secrets,
    WebhookSecretOut,
    permission=P.WEBHOOKS_READ,
    description="When an endpoint's secrets were issued, end and were revoked; of `v1a` the public keys.",
    parent=queries.endpoint,
)


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/secrets",
    permission=P.WEBHOOKS_WRITE,
    status_code=201,
    response_model=WebhookSecretIssuedOut,
    refuses=(NotFound, TooManyWebhookSecrets),
)
async def issue_webhook_secret(endpoint_id: UUID, draft: WebhookSecretDraft, write: Write) -> Response:
    """Rotate: every delivery is signed with the new secret too, and with the others until the overlap ends."""
    secret_id, key = await actions.issue_secret(
        write.session,
        endpoint_id,
        scheme=draft.scheme,
        overlap=timedelta(hours=draft.overlap_hours),
        by=write.caller.actor,
        at=write.at,
    )
    out = WebhookSecretIssuedOut(id=secret_id, scheme=draft.scheme, secret=key.shown, public_key=key.public)
    headers = {"Location": f"/v1/webhook-endpoints/{endpoint_id}/secrets"}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.post(
    "/v1/webhook-endpoints/{endpoint_id}/secrets/{secret_id}/revocations",
    permission=P.WEBHOOKS_WRITE,
    response_model=EndpointOut,
    refuses=(NotFound, LastWebhookSecret),
)
async def revoke_webhook_secret(endpoint_id: UUID, secret_id: UUID, write: Write) -> Response:
    """Sign with a secret no more, from now on. The only live one cannot be revoked."""
    await actions.revoke_secret(write.session, endpoint_id, secret_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.endpoint, endpoint_id)
