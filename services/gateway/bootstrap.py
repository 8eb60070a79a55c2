"""What must be there before the first request: the platform organisation, its operator, a key to sign with."""

from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.actions import as_announced, keep_secret
from services.gateway.access.api_clients.models import ApiClient
from services.gateway.access.api_clients.queries import client_with_secrets
from services.gateway.access.api_clients.rules import matching
from services.gateway.access.outside_keys import OutsideKeys
from services.gateway.access.signing_keys.actions import ensure_one_signs
from services.gateway.live.streams.actions import Hub
from services.gateway.organisations.organisations.models import Organisation
from services.gateway.settings import settings_of
from shared.clock import now
from shared.data.records import found
from shared.events.catalogue.gateway import ApiClientRegistered, ClientSecretRevoked, OrganisationFounded
from shared.events.trail import announce
from shared.identity.callers import PLATFORM, SYSTEM
from shared.identity.roles import Role
from shared.platform import Platform
from shared.vault import Vault

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('bootstrap'))")


async def prepare(platform: Platform, app: FastAPI) -> None:
    """Make what is missing; processes that start at once wait for one another, and again is nothing."""
    settings = settings_of(platform)
    app.state.vault = Vault(settings)
    app.state.outside_keys = OutsideKeys(settings.reach)
    app.state.hub = Hub(platform)
    app.state.sign_in_locks = WeakValueDictionary()
    lifetime = timedelta(seconds=settings.token_seconds)
    async with platform.database.transaction(PLATFORM) as session:
        await session.execute(_ONE_AT_A_TIME)
        await _ensure_platform(session, now())
        await ensure_one_signs(session, app.state.vault, lifetime=lifetime, by=SYSTEM, at=now())
        if settings.operator_client_id and settings.operator_secret:
            await _ensure_operator(session, settings.operator_client_id, settings.operator_secret, now())
    platform.bell.ring()


async def _ensure_platform(session: AsyncSession, at: datetime) -> None:
    if await found(session, Organisation, PLATFORM) is None:
        organisation = Organisation(
            id=PLATFORM, org_id=PLATFORM, title="Operators of this installation", created_at=at, updated_at=at
        )
        session.add(organisation)
        event = OrganisationFounded(title=organisation.title)
        announce(session, event, about=organisation, by=SYSTEM, at=at)


async def _ensure_operator(session: AsyncSession, client_id: UUID, secret: SecretStr, at: datetime) -> None:
    """The operator's secret is the environment's: when it is another than last time, the last one works no more."""
    client, secrets = await client_with_secrets(session, client_id)
    if client is None:
        client = ApiClient(
            id=client_id, org_id=PLATFORM, title="Operator", roles=[Role.OPERATOR], created_at=at, updated_at=at
        )
        session.add(client)
        event = ApiClientRegistered(**as_announced(client))
        announce(session, event, about=client, by=SYSTEM, at=at)
    if matching(secret.get_secret_value(), secrets, at):
        return
    for old in secrets:
        if old.revoked_at is None:
            old.revoked_at = at
            gone = ClientSecretRevoked(**as_announced(client), secret_id=old.id)
            announce(session, gone, about=client, by=SYSTEM, at=at)
    await session.flush()  # the secret refers to the client
    keep_secret(session, client, secret.get_secret_value(), by=SYSTEM, at=at)
