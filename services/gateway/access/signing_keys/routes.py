from datetime import timedelta
from uuid import UUID

from fastapi import Request, Response

from services.gateway.access.signing_keys import actions, queries
from services.gateway.access.signing_keys.schemas import SigningKeyOut
from services.gateway.settings import settings_of
from shared.http.doors import Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound
from shared.vault import Vault

routes = Routes("signing keys")


class SigningKeyWithdrawal(Input):
    """Why a key is no longer to be trusted."""

    reason: Prose


routes.list(
    "list_signing_keys",
    "/v1/signing-keys",
    queries.signing_keys,
    SigningKeyOut,
    permission=P.SIGNING_KEYS_ROTATE,
    description="The installation's signing keys, newest first; their public halves.",
)


routes.one(
    "get_signing_key",
    "/v1/signing-keys/{key_id}",
    queries.signing_key,
    SigningKeyOut,
    permission=P.SIGNING_KEYS_ROTATE,
    description="One signing key.",
)


@routes.post("/v1/signing-keys", permission=P.SIGNING_KEYS_ROTATE, status_code=201, response_model=SigningKeyOut)
async def rotate_signing_key(write: Write, request: Request) -> Response:
    """Sign with a new key from now on; the old one stays published until the last token it signed has expired."""
    settings = settings_of(write.platform)
    lifetime = timedelta(seconds=settings.token_seconds)
    vault: Vault = request.app.state.vault
    key = await actions.rotate(write.session, vault, lifetime=lifetime, by=write.caller.actor, at=write.at)
    return await write.created(queries.signing_key, key.id, f"/v1/signing-keys/{key.id}")


@routes.post(
    "/v1/signing-keys/{key_id}/withdrawals",
    permission=P.SIGNING_KEYS_ROTATE,
    response_model=SigningKeyOut,
    refuses=(NotFound, actions.StillSigning),
)
async def withdraw_signing_key(key_id: UUID, withdrawal: SigningKeyWithdrawal, write: Write) -> Response:
    """In an emergency: publish a key no longer, so that all tokens it signed are refused. Rotate first."""
    await actions.withdraw(write.session, key_id, by=write.caller.actor, at=write.at, reason=withdrawal.reason)
    return await write.changed(queries.signing_key, key_id)
