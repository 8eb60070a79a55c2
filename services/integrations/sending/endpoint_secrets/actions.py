"""The verbs of an endpoint's secrets, for whoever has locked the endpoint."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.endpoint_secrets.models import EndpointSecret, SignatureScheme
from services.integrations.sending.endpoint_secrets.queries import secrets_of
from services.integrations.sending.endpoint_secrets.rules import Key
from shared.data.sessions import organisation_of
from shared.problems import Conflict, NotFound, not_allowed
from shared.vault import the_vault

MOST_LIVE = 5


class TooManyWebhookSecrets(Conflict):
    """The endpoint has the maximum number of live secrets."""


class LastWebhookSecret(Conflict):
    """The only live secret of an endpoint cannot be revoked."""


def keep(session: AsyncSession, endpoint_id: UUID, scheme: SignatureScheme, *, at: datetime) -> tuple[UUID, Key]:
    """Make a secret and keep it encrypted."""
    key = Key.new(scheme)
    row = EndpointSecret(
        org_id=organisation_of(session),
        endpoint_id=endpoint_id,
        scheme=scheme,
        public_key=key.public,
        sealed=b"",
        created_at=at,
        updated_at=at,
    )
    row.sealed = the_vault().seal(key.secret, belongs_to=row.id)
    session.add(row)
    return row.id, key


async def keep_one_more(
    session: AsyncSession, endpoint_id: UUID, scheme: SignatureScheme, *, overlap: timedelta, at: datetime
) -> tuple[UUID, Key]:
    """Make one more secret; the others sign along until the overlap ends."""
    live = [secret for secret in await secrets_of(session, [endpoint_id]) if secret.is_live(at)]
    if len(live) >= MOST_LIVE:
        raise TooManyWebhookSecrets(f"This endpoint has {MOST_LIVE} live secrets; revoke one first.")
    for secret in live:
        secret.expires_at = min(filter(None, (secret.expires_at, at + overlap)))
        secret.updated_at = at
    return keep(session, endpoint_id, scheme, at=at)


async def revoke(session: AsyncSession, endpoint_id: UUID, secret_id: UUID, *, at: datetime) -> None:
    """Sign with a secret no more; another one must be live, or nothing could be proven."""
    secrets = await secrets_of(session, [endpoint_id])
    secret = next((each for each in secrets if each.id == secret_id), None)
    if secret is None:
        raise NotFound(f"This endpoint has no secret {secret_id}.")
    if secret.revoked_at is not None:
        raise not_allowed("revoke", "revoked", [])
    if not any(each.is_live(at) for each in secrets if each.id != secret_id):
        raise LastWebhookSecret("Issue another secret first; deliveries are always signed.")
    secret.revoked_at = secret.updated_at = at


def key_of(secret: EndpointSecret) -> Key:
    """The key that a secret keeps encrypted."""
    return Key(SignatureScheme(secret.scheme), the_vault().open(secret.sealed, belongs_to=secret.id))
