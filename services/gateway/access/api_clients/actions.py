"""The verbs of an API client. No event and no log line carries a secret; even its digest stays out of the trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select, update

from services.gateway.access.administrators.actions import require_administrator
from services.gateway.access.api_clients.models import ApiClient, ClientSecret, ClientStatus
from services.gateway.access.api_clients.rules import MOST_LIVE, digest_of, is_live, new_secret
from services.gateway.people.people.models import Person
from shared.data.base import table_of
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.gateway import (
    ApiClientHandedOver,
    ApiClientRegistered,
    ApiClientRevoked,
    ClientSecretIssued,
    ClientSecretRevoked,
    SignInFailed,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.identity.roles import Role
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed


@dataclass(frozen=True, slots=True)
class Registered:
    """A new client and its first secret, in clear for this once."""

    client: ApiClient
    secret: str


class TooManySecrets(Conflict):
    """The API client has the maximum number of live secrets."""


class AlreadyPast(Invalid):
    """The expiry is in the past."""


async def register(
    session: AsyncSession,
    *,
    title: str,
    roles: list[Role],
    responsible: Person,
    by: Actor,
    at: datetime,
    reason: str | None = None,
) -> Registered:
    """Let a program act in the organisation; what it does counts as done by the responsible person."""
    client = ApiClient(
        org_id=organisation_of(session),
        title=title,
        responsible_id=responsible.id,
        roles=[str(role) for role in roles],
        created_at=at,
        updated_at=at,
    )
    session.add(client)
    event = ApiClientRegistered(**as_announced(client))
    announce(session, event, about=client, by=by, at=at, reason=reason)
    secret = new_secret()
    await session.flush()  # the secret refers to the client
    keep_secret(session, client, secret, by=by, at=at)
    return Registered(client, secret)


async def issue_secret(
    session: AsyncSession, client_id: UUID, *, expires_at: datetime | None, by: Actor, at: datetime
) -> tuple[ClientSecret, str]:
    """One more live secret, so that the old one can be taken out of use before it is revoked."""
    client = await _active(session, client_id, "issue a secret")
    if expires_at is not None and expires_at <= at:
        raise AlreadyPast("The expiry lies in the past.", faults=[Fault("/expires_at", "in the past")])
    if sum(is_live(secret, at) for secret in await _secrets(session, client_id)) >= MOST_LIVE:
        raise TooManySecrets(f"This client has {MOST_LIVE} live secrets; revoke one first.")
    secret = new_secret()
    return keep_secret(session, client, secret, expires_at=expires_at, by=by, at=at), secret


def keep_secret(
    session: AsyncSession,
    client: ApiClient,
    secret: str,
    *,
    by: Actor,
    at: datetime,
    expires_at: datetime | None = None,
) -> ClientSecret:
    """Keep a secret's digest, and announce that there is one more."""
    row = ClientSecret(
        org_id=client.org_id,
        client_id=client.id,
        digest=digest_of(secret),
        created_at=at,
        updated_at=at,
        expires_at=expires_at,
    )
    session.add(row)
    event = ClientSecretIssued(**as_announced(client), secret_id=row.id)
    announce(session, event, about=client, by=by, at=at)
    return row


async def revoke_secret(session: AsyncSession, client_id: UUID, secret_id: UUID, *, by: Actor, at: datetime) -> None:
    """A secret works no more, and the tokens of this client are withdrawn: it fetches others with another secret."""
    client = await locked(session, ApiClient, client_id, noun="API client", expected=ANY_VERSION)
    secret = next((secret for secret in await _secrets(session, client_id) if secret.id == secret_id), None)
    if secret is None:
        raise NotFound(f"This API client has no secret {secret_id}.")
    if secret.revoked_at is not None:
        raise not_allowed("revoke", "revoked", [])
    secret.revoked_at = secret.updated_at = at
    if client.status == ClientStatus.ACTIVE:
        await require_administrator(session, client.roles)
    event = ClientSecretRevoked(**as_announced(client), secret_id=secret_id)
    announce(session, event, about=client, by=by, at=at)


async def revoke(
    session: AsyncSession, client_id: UUID, *, by: Actor, at: datetime, reason: str, even_the_last: bool = False
) -> None:
    """Active → revoked: the program gets no more tokens, and those it has are withdrawn.

    `even_the_last` also where that takes the last administrator away.
    """
    client = await _active(session, client_id, "revoke")
    client.status = ClientStatus.REVOKED
    if not even_the_last:
        await require_administrator(session, client.roles)
    event = ApiClientRevoked(**as_announced(client))
    announce(session, event, about=client, by=by, at=at, reason=reason)


async def hand_over(
    session: AsyncSession, client_id: UUID, *, to: Person, by: Actor, at: datetime, reason: str
) -> None:
    """Make another person responsible, and withdraw the client's tokens, which name the one before."""
    client = await _active(session, client_id, "hand over")
    client.responsible_id = to.id
    announce(session, ApiClientHandedOver(**as_announced(client)), about=client, by=by, at=at, reason=reason)


def as_announced(client: ApiClient) -> dict[str, Any]:
    """What every event about a client says."""
    return {"title": client.title, "roles": client.roles, "responsible_id": client.responsible_id}


async def note_use(session: AsyncSession, secret_id: UUID, *, at: datetime) -> None:
    """Remember when a secret was last used; no event, since nothing about the client changed."""
    secrets = table_of(ClientSecret)
    await session.execute(update(secrets).where(secrets.c.id == secret_id).values(last_used_at=at, updated_at=at))


def note_failed_sign_in(session: AsyncSession, client: ApiClient, *, origin: str, failures: int, at: datetime) -> None:
    """Write into the trail that signing in as this client failed; the client itself does not change."""
    event = SignInFailed(**as_announced(client), origin=origin, failures=failures)
    announce(session, event, about=Written(client.id, client.version), by=SYSTEM, at=at)


async def _active(session: AsyncSession, client_id: UUID, verb: str) -> ApiClient:
    client = await locked(session, ApiClient, client_id, noun="API client", expected=ANY_VERSION)
    if client.status != ClientStatus.ACTIVE:
        raise not_allowed(verb, client.status, [])
    return client


async def _secrets(session: AsyncSession, client_id: UUID) -> list[ClientSecret]:
    return list(await session.scalars(select(ClientSecret).where(ClientSecret.client_id == client_id)))
