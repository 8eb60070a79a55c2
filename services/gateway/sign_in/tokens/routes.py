import asyncio
import math
import time
from datetime import timedelta
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import Request, Response
from pydantic import BaseModel

from services.gateway.access.outside_keys import OutsideKeys
from services.gateway.access.signing_keys.queries import published_keys
from services.gateway.settings import settings_of
from services.gateway.sign_in.failed_sign_ins.rules import client_id_of, origin_of
from services.gateway.sign_in.tokens import actions
from services.gateway.sign_in.tokens.rules import Grant
from services.gateway.sign_in.tokens.schemas import (
    CLIENT_CREDENTIALS,
    JWT_BEARER,
    AuthorizationServerOut,
    PublishedKeysOut,
    TokenError,
    TokenErrorOut,
    TokenForm,
    TokenOut,
    TokenRefused,
    TokenRequest,
)
from shared.clock import now
from shared.http.doors import platform_of
from shared.http.operations import Routes
from shared.identity.callers import PLATFORM
from shared.identity.permissions import Permission

routes = Routes("tokens")

# However a client failed to prove itself, it learns so after this long: guessing is slow and tells nothing.
_REFUSAL_SECONDS = 0.25
_KEYS_CACHED_SECONDS = 30
_METADATA_CACHED_SECONDS = 3600
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_OWN_ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenErrorOut, "description": "Refused, as RFC 6749, 5.2 has it"},
    401: {"model": TokenErrorOut, "description": "The client is not who it says"},
    429: {"model": TokenErrorOut, "description": "Too many attempts have failed; wait as `Retry-After` says"},
}
_FORM = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": TokenForm.model_json_schema()}}}


@routes.post(
    "/v1/oauth/token",
    permission=None,
    response_model=TokenOut,
    responses=_OWN_ERRORS,
    openapi_extra={"requestBody": _FORM},
)
async def issue_token(request: Request) -> Response:
    """An access token for an API client (RFC 6749, 4.4), or for a member by an outside token (RFC 7523).

    After five wrong secrets in a row from one address, further attempts for this client from there have to wait (429).
    """
    began = time.monotonic()
    try:
        asked = TokenRequest.read(
            request.headers.get("content-type", ""), request.headers.get("authorization"), await request.body()
        )
        return await _issue(request, asked)
    except TokenRefused as refusal:
        if refusal.error in {TokenError.INVALID_CLIENT, TokenError.INVALID_GRANT}:
            await asyncio.sleep(max(0.0, began + _REFUSAL_SECONDS - time.monotonic()))
        return _refused(refusal)


async def _issue(request: Request, asked: TokenRequest) -> Response:
    platform, at = platform_of(request), now()
    grant = await _grant(request, asked)
    async with platform.database.transaction(PLATFORM) as session:
        issuer = str(platform.settings.issuer).rstrip("/")
        token = await actions.sign(session, request.app.state.vault, grant, issuer=issuer, at=at)
    return Response(token.model_dump_json(), 200, _NO_STORE, "application/json")


async def _grant(request: Request, asked: TokenRequest) -> Grant:
    platform, at = platform_of(request), now()
    lifetime = timedelta(seconds=settings_of(platform).token_seconds)
    match asked.field("grant_type"):
        case "client_credentials" if "engagement" in asked.fields:
            words = "A token for one engagement is a person's own: use an assertion of their sign-in."
            raise TokenRefused(TokenError.INVALID_REQUEST, words)
        case "client_credentials":
            return await _grant_to_client(request, asked, lifetime)
        case "urn:ietf:params:oauth:grant-type:jwt-bearer":
            outside: OutsideKeys = request.app.state.outside_keys
            return await actions.grant_to_member(platform.database, outside, asked, lifetime=lifetime, at=at)
        case _:
            raise TokenRefused(TokenError.UNSUPPORTED_GRANT_TYPE, f"Use {CLIENT_CREDENTIALS} or {JWT_BEARER}.")


async def _grant_to_client(request: Request, asked: TokenRequest, lifetime: timedelta) -> Grant:
    """Attempts for one client from one address run one after the other, so that each finds what the last counted."""
    platform = platform_of(request)
    forwarded, peer = request.headers.get("x-forwarded-for"), request.client and request.client.host
    origin = origin_of(forwarded, peer, proxies=settings_of(platform).trusted_proxies)
    locks: WeakValueDictionary[tuple[str, UUID | str], asyncio.Lock] = request.app.state.sign_in_locks
    name, _ = asked.client()
    async with locks.setdefault((origin, client_id_of(name) or name), asyncio.Lock()):
        return await actions.grant_to_client(platform.database, asked, origin=origin, lifetime=lifetime, at=now())


def _refused(refusal: TokenRefused) -> Response:
    """As RFC 6749, 5.2 has it: 401 for a client that is not who it says, 400 for the rest; 429 for who has to wait."""
    body = TokenErrorOut(
        error=refusal.error,
        error_description=refusal.description,
        organisations=list(refusal.organisations) or None,
    ).model_dump_json(exclude_none=True)
    if refusal.error == TokenError.SLOW_DOWN:
        wait = {"Retry-After": str(math.ceil(refusal.wait.total_seconds()))}
        return Response(body, 429, {**_NO_STORE, **wait}, "application/json")
    if refusal.error == TokenError.INVALID_CLIENT:
        return Response(body, 401, {**_NO_STORE, "WWW-Authenticate": 'Basic realm="attest"'}, "application/json")
    return Response(body, 400, _NO_STORE, "application/json")


@routes.get("/.well-known/jwks.json", permission=None, response_model=PublishedKeysOut)
async def get_json_web_key_set(request: Request) -> Response:
    """The public keys that access tokens are signed with (RFC 7517)."""
    async with platform_of(request).database.transaction(PLATFORM) as session:
        published = PublishedKeysOut(keys=await published_keys(session, as_of=now()))
    return _cached(published, _KEYS_CACHED_SECONDS)


@routes.get("/.well-known/oauth-authorization-server", permission=None, response_model=AuthorizationServerOut)
async def get_authorization_server_metadata(request: Request) -> Response:
    """Where tokens are issued and how (RFC 8414)."""
    issuer = str(platform_of(request).settings.issuer).rstrip("/")
    metadata = AuthorizationServerOut(
        issuer=issuer,
        token_endpoint=f"{issuer}/v1/oauth/token",
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        service_documentation=f"{issuer}/docs",
        grant_types_supported=[CLIENT_CREDENTIALS, JWT_BEARER],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        response_types_supported=[],
        scopes_supported=[str(permission) for permission in Permission],
    )
    return _cached(metadata, _METADATA_CACHED_SECONDS)


def _cached(body: BaseModel, seconds: int) -> Response:
    headers = {"Cache-Control": f"public, max-age={seconds}"}
    return Response(body.model_dump_json(), 200, headers, "application/json")
