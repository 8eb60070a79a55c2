"""The controls service's own database, to have its clock strike when a test says; a provider of outside identities."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from services.controls.app import SERVICE
from shared.data.sessions import Database
from shared.settings import Settings
from tests.gateway.support import Provider


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[Database]:
    """As the service itself is connected: the application role, fenced by row-level security."""
    variables = stack.environment("controls")
    named = {name.removeprefix("ATTEST_").lower(): value for name, value in variables.items()}
    opened = Database(Settings.model_validate(named), SERVICE.recompute)
    yield opened
    await opened.close()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A customer's OpenID Connect provider, reachable for the gateway."""
    running = await Provider().start()
    yield running
    await running.stop()
