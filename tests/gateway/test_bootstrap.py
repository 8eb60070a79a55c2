"""Processes that start at once, and start again."""

import asyncio
import uuid

import asyncpg
from fastapi import FastAPI
from pydantic import SecretStr

from deploy.local.stack import Stack
from services.gateway.bootstrap import prepare
from services.gateway.settings import GatewaySettings
from shared.identity.callers import PLATFORM
from shared.platform import Platform
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
    count = "select count(*) from events where org_id = $1"
    before = await connection.fetchval(count, PLATFORM)
    await prepared(settings_like(stack), 3)
    assert await connection.fetchval(count, PLATFORM) == before
    await connection.close()


async def test_a_new_operator_is_made_once_and_its_secret_follows_the_environment(stack: Stack) -> None:
    name = uuid.uuid4()
    first, second = (f"attest_{uuid.uuid4().hex}{uuid.uuid4().hex}" for _ in range(2))
    await prepared(settings_like(stack, operator_client_id=name, operator_secret=SecretStr(first)), 3)
    assert "organisations:found" in ok(await token_for(stack.url, str(name), first))["scope"]
    await prepared(settings_like(stack, operator_client_id=name, operator_secret=SecretStr(second)), 2)
    ok(await token_for(stack.url, str(name), second))
    refused(await token_for(stack.url, str(name), first), 401, "invalid_client")
