"""The verbs of an API client. No event and no log line carries a secret; even its digest stays out of the trail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select, update

from services.gateway.access.administrators.actions import require_administrator
from services.gateway.access.api_clients.models import ApiClient, ClientSecret, ClientStatus
from services.gateway.access.api_clients.rules import MOST_LIVE, digest_of, is_live, new_secret
from shared.data.base import table_of
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.gateway import (
    ApiClientRegistered,
    ApiClientRevoked,
    ClientSecretIssued,
    ClientSecretRevoked,
    SignInFailed,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM
from shared.identity.permissions import Role
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed


@dataclass(frozen=True, slots=True)
class Registered:
    """A new client and its first secret, in clear for this once."""

    client: ApiClient
    secret: str


class TooManySecrets(Conflict):
    """The client has as many live secrets as it may have."""


class AlreadyPast(Invalid):
    """An expiry lies in the past."""


async def register(
    session: AsyncSession, *, title: str, roles: list[Role], by: str, at: datetime, reason: str | None = None
) -> Registered:
    """Let a program act in the organisation."""
    client = ApiClient(
        org_id=organisation_of(session), title=title, roles=[str(role) for role in roles], created_at=at, updated_at=at
    )
    session.add(client)
    event = ApiClientRegistered(title=client.title, roles=client.roles)
    announce(session, event, about=client, by=by, at=at, reason=reason)
    secret = new_secret()
    await session.flush()  # the secret refers to the client
    keep_secret(session, client, secret, by=by, at=at)
    return Registered(client, secret)


async def issue_secret(
    session: AsyncSession, client_id: UUID, *, expires_at: datetime | None, by: str, at: datetime
) -> tuple[ClientSecret, str]:
    """One more live secret, so that the old one can be taken out of use before it is revoked."""
    client = await _active(session, client_id, "issue a secret")
    if expires_at is not None and expires_at <= at:
        raise AlreadyPast("The expiry lies in the past.", faults=[Fault("/expires_at", "in the past")])
    if sum(is_live(each, at) for each in await _secrets(session, client_id)) >= MOST_LIVE:
        raise TooManySecrets(f"This client has {MOST_LIVE} live secrets; revoke one first.")
    secret = new_secret()
    return keep_secret(session, client, secret, expires_at=expires_at, by=by, at=at), secret


def keep_secret(
    session: AsyncSession, client: ApiClient, secret: str, *, by: str, at: datetime, expires_at: datetime | None = None
) -> ClientSecret:
    """Keep a secret's digest, and announce that there is one more."""
    row = ClientSecret(
        org_id=client.org_id, client_id=client.id, digest=digest_of(secret), created_at=at, expires_at=expires_at
    )
    session.add(row)
    event = ClientSecretIssued(title=client.title, roles=client.roles, secret_id=row.id)
    announce(session, event, about=client, by=by, at=at)
    return row


async def revoke_secret(session: AsyncSession, client_id: UUID, secret_id: UUID, *, by: str, at: datetime) -> None:
    """A secret works no more, and the tokens of this client are withdrawn: it fetches others with another secret."""
    client = await locked(session, ApiClient, client_id, noun="API client", expected=ANY_VERSION)
    secret = next((each for each in await _secrets(session, client_id) if each.id == secret_id), None)
    if secret is None:
        raise NotFound(f"This API client has no secret {secret_id}.")
    if secret.revoked_at is not None:
        raise not_allowed("revoke", "revoked", [])
    secret.revoked_at = at
    if client.status == ClientStatus.ACTIVE:
        await require_administrator(session, client.roles)
    event = ClientSecretRevoked(title=client.title, roles=client.roles, secret_id=secret_id)
    announce(session, event, about=client, by=by, at=at)


async def revoke(session: AsyncSession, client_id: UUID, *, by: str, at: datetime, reason: str) -> None:
    """Active → revoked: the program gets no more tokens, and those it has are withdrawn."""
    client = await _active(session, client_id, "revoke")
    client.status = ClientStatus.REVOKED
    await require_administrator(session, client.roles)
    event = ApiClientRevoked(title=client.title, roles=client.roles)
    announce(session, event, about=client, by=by, at=at, reason=reason)


async def note_use(session: AsyncSession, secret_id: UUID, *, at: datetime) -> None:
    """Remember when a secret was last used; no event, since nothing about the client changed."""
    secrets = table_of(ClientSecret)
    await session.execute(update(secrets).where(secrets.c.id == secret_id).values(last_used_at=at))


def note_failed_sign_in(session: AsyncSession, client: ApiClient, *, origin: str, failures: int, at: datetime) -> None:
    """Write into the trail that signing in as this client failed; the client itself does not change."""
    event = SignInFailed(title=client.title, roles=client.roles, origin=origin, failures=failures)
    announce(session, event, about=Written(client.id, client.version), by=SYSTEM, at=at)


async def _active(session: AsyncSession, client_id: UUID, verb: str) -> ApiClient:
    client = await locked(session, ApiClient, client_id, noun="API client", expected=ANY_VERSION)
    if client.status != ClientStatus.ACTIVE:
        raise not_allowed(verb, client.status, [])
    return client


async def _secrets(session: AsyncSession, client_id: UUID) -> list[ClientSecret]:
    return list(await session.scalars(select(ClientSecret).where(ClientSecret.client_id == client_id)))
