"""Processes that start at once, and start again."""

import asyncio
import base64
import os
import uuid
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import asyncpg
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.stack import Stack
from services.gateway.access.signing_keys.actions import ensure_one_signs
from services.gateway.access.signing_keys.queries import published_keys, sealed_signing_key
from services.gateway.bootstrap import prepare
from services.gateway.settings import GatewaySettings
from shared.clock import now
from shared.data.sessions import Database
from shared.identity.callers import PLATFORM, SYSTEM
from shared.platform import Platform
from shared.vault import Vault
from tests.gateway.support import refused, token_for
from tests.support import ok


def settings_like(stack: Stack, **changes: object) -> GatewaySettings:
    environment = stack.environment("gateway")
    names = {name.removeprefix("ATTEST_").lower(): value for name, value in environment.items()}
    return GatewaySettings.model_validate({**names, **changes})


async def prepared(settings: GatewaySettings, times: int) -> None:
    platforms = [Platform.of("gateway", settings) for _ in range(times)]
    try:
        await asyncio.gather(*(prepare(platform, FastAPI()) for platform in platforms))
    finally:
        for platform in platforms:
            await platform.close()


async def test_starting_again_and_at_once_changes_nothing(stack: Stack) -> None:
    superuser = stack.environment("gateway")["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0] + "/gateway"
    connection = await asyncpg.connect(superuser)
    # The trail is sealed by the clock, whatever else happens.
    count = "select count(*) from events where org_id = $1 and type <> 'gateway.trail.sealed'"
    before = await connection.fetchval(count, PLATFORM)
    await prepared(settings_like(stack), 3)
    assert await connection.fetchval(count, PLATFORM) == before
    await connection.close()


async def test_another_encryption_key_makes_a_new_signing_key_once(stack: Stack) -> None:
    settings = settings_like(stack)
    other = Vault(settings_like(stack, key_encryption_key=base64.urlsafe_b64encode(os.urandom(32)).decode()))
    database = Database(settings)
    made = {"lifetime": timedelta(minutes=5), "by": SYSTEM, "at": now()}

    async def signing_key_of(vault: Vault, session: AsyncSession) -> UUID:
        await ensure_one_signs(session, vault, **made)  # type: ignore[arg-type]
        return (await sealed_signing_key(session)).id

    with suppress(asyncio.CancelledError):  # nothing of it stays: the stack goes on with its own key
        async with database.transaction(PLATFORM) as session:
            first = await signing_key_of(Vault(settings), session)
            second = await signing_key_of(other, session)
            assert first != second == await signing_key_of(other, session)
            assert first in {UUID(key["kid"]) for key in await published_keys(session, as_of=now())}
            raise asyncio.CancelledError
    await database.close()


async def test_a_new_operator_is_made_once_and_its_secret_follows_the_environment(stack: Stack) -> None:
    name = uuid.uuid4()
    first, second = (f"attest_{uuid.uuid4().hex}{uuid.uuid4().hex}" for _ in range(2))
    await prepared(settings_like(stack, operator_client_id=name, operator_secret=SecretStr(first)), 3)
    assert "organisations:found" in ok(await token_for(stack.url, str(name), first))["scope"]
    await prepared(settings_like(stack, operator_client_id=name, operator_secret=SecretStr(second)), 2)
    ok(await token_for(stack.url, str(name), second))
    refused(await token_for(stack.url, str(name), first), 401, "invalid_client")
