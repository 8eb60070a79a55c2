"""Granting a token: to a program by its secret, to a member by a token of an issuer their organisation trusts."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.api_clients.actions import note_use
from services.gateway.api_clients.models import ClientStatus
from services.gateway.api_clients.queries import client_with_secrets
from services.gateway.api_clients.rules import matching, use_is_news
from services.gateway.signing_keys.queries import sealed_signing_key
from services.gateway.tokens.rules import Grant, claims_of, permitted
from services.gateway.tokens.schemas import TokenError, TokenOut, TokenRefused, TokenRequest
from services.gateway.vault import Vault
from shared.clock import new_id
from shared.data.sessions import Database
from shared.identity.callers import PLATFORM
from shared.identity.tokens import ALGORITHM

# One text for every reason, so that nobody learns from it which clients there are.
_NOT_WHO_IT_SAYS = "The client is unknown, revoked, or its secret is wrong or expired."


async def grant_to_client(database: Database, request: TokenRequest, *, lifetime: timedelta, at: datetime) -> Grant:
    """RFC 6749, 4.4: a program proves itself by its secret."""
    name, presented = request.client()
    try:
        client_id = UUID(name)
    except ValueError as error:
        raise TokenRefused(TokenError.INVALID_CLIENT, _NOT_WHO_IT_SAYS) from error
    async with database.transaction(PLATFORM) as session:
        client, secrets = await client_with_secrets(session, client_id)
    secret = matching(presented, secrets, at)
    if client is None or client.status != ClientStatus.ACTIVE or secret is None:
        raise TokenRefused(TokenError.INVALID_CLIENT, _NOT_WHO_IT_SAYS)
    permissions = permitted(client.roles, request.fields.get("scope"))
    if use_is_news(secret, at):
        async with database.transaction(client.org_id) as session:
            await note_use(session, secret.id, at=at)
    return Grant(f"client:{client.id}", client.org_id, permissions, at + lifetime)


async def sign(session: AsyncSession, vault: Vault, grant: Grant, *, issuer: str, at: datetime) -> TokenOut:
    """The access token of a grant, signed with the key that signs at this moment. A platform transaction."""
    sealed = await sealed_signing_key(session)
    key = OKPKey.import_key(json.loads(vault.open(sealed.sealed, belongs_to=sealed.id)))
    claims = claims_of(grant, token_id=new_id(), issuer=issuer, at=at)
    header = {"alg": ALGORITHM, "kid": str(sealed.id), "typ": "at+jwt"}
    return TokenOut(
        access_token=jwt.encode(header, claims, key, algorithms=[ALGORITHM]),
        expires_in=claims["exp"] - claims["iat"],
        scope=claims["scope"],
    )
