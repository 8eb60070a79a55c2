"""Granting a token: to a program by its secret, to a member by a token of an issuer their organisation trusts."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.actions import note_use
from services.gateway.access.api_clients.models import ClientStatus
from services.gateway.access.api_clients.queries import client_with_secrets
from services.gateway.access.api_clients.rules import matching, use_is_news
from services.gateway.access.issuers.models import Issuer
from services.gateway.access.issuers.queries import who_trust
from services.gateway.access.issuers.rules import Claimed, claimed, vouched
from services.gateway.access.signing_keys.queries import sealed_signing_key
from services.gateway.access.tokens.rules import Grant, claims_of, permitted
from services.gateway.access.tokens.schemas import TokenError, TokenOut, TokenRefused, TokenRequest
from services.gateway.organisations.members.queries import who_may_be
from services.gateway.organisations.members.rules import meant
from services.gateway.outside_keys import OutsideKeys
from services.gateway.vault import Vault
from shared.clock import new_id
from shared.data.sessions import Database
from shared.identity.callers import PLATFORM
from shared.identity.tokens import ALGORITHM

# One text for every reason, so that nobody learns from it which clients there are.
_NOT_WHO_IT_SAYS = "The client is unknown, revoked, or its secret is wrong or expired."
_NOT_VOUCHED_FOR = (
    "The assertion is not valid, no organisation (or more than one, and none is named) trusts its issuer for this"
    " audience, or the person is no member."
)
_LAST_INSTANT = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


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


async def grant_to_member(
    database: Database, outside: OutsideKeys, request: TokenRequest, *, lifetime: timedelta, at: datetime
) -> Grant:
    """RFC 7523, 2.1: a person proves themselves by a token of an issuer that their organisation trusts.

    The token granted outlives neither the outside token nor the membership.
    """
    assertion = request.field("assertion")
    try:
        said = claimed(assertion)
        trust = await _trust_in(database, said, request.fields.get("organisation"))
        keys = await outside.of(trust, said.key_id)
        person = vouched(assertion, keys, issuer=trust.issuer, audience=trust.audience, as_of=at)
    except ValueError as error:
        raise TokenRefused(TokenError.INVALID_GRANT, _NOT_VOUCHED_FOR) from error
    async with database.transaction(trust.org_id) as session:
        candidates = await who_may_be(session, issuer=trust.issuer, subject=person.subject, email=person.email)
    member = meant(person, trust.issuer, candidates, at)
    if member is None:
        raise TokenRefused(TokenError.INVALID_GRANT, _NOT_VOUCHED_FOR)
    ends = [datetime.fromtimestamp(min(person.expires, _LAST_INSTANT), UTC), *filter(None, [member.ends_at])]
    permissions = permitted(member.roles, request.fields.get("scope"))
    return Grant(f"member:{member.id}", member.org_id, permissions, min(at + lifetime, *ends))


async def _trust_in(database: Database, said: Claimed, organisation: str | None) -> Issuer:
    """The one organisation's trust that a token appeals to; ValueError when it is none, or not one."""
    async with database.transaction(PLATFORM) as session:
        trusting = await who_trust(session, said.issuer)
    wanted = UUID(organisation) if organisation else None
    fitting = [each for each in trusting if each.audience in said.audiences and wanted in {None, each.org_id}]
    if len(fitting) != 1:
        raise ValueError("no organisation, or several")
    return fitting[0]


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
