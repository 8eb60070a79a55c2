"""NATS as the controls service speaks to it, and the database as the risk service does."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import nats
import pytest

from deploy.local.stack import Stack
from services.risk.app import SERVICE
from shared.data.sessions import Database
from shared.settings import Settings
from tests.risk.given import Control
from tests.support import Organisation

Controls = Callable[..., Control]


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[Database]:
    """As the service itself is connected: the application role, fenced by row-level security."""
    variables = stack.environment("risk")
    named = {name.removeprefix("ATTEST_").lower(): value for name, value in variables.items()}
    opened = Database(Settings.model_validate(named), SERVICE.recompute)
    yield opened
    await opened.close()


@pytest.fixture
async def control(stack: Stack, org: Organisation) -> AsyncIterator[Controls]:
    """Controls of `org`, told of with the controls service's credentials, which no other service has."""
    environment = stack.environment("controls")
    connection = await nats.connect(
        environment["ATTEST_NATS_URL"],
        user=environment["ATTEST_NATS_USER"],
        password=environment["ATTEST_NATS_PASSWORD"],
        inbox_prefix=b"_INBOX.controls",
    )

    def make(**facts: Any) -> Control:
        return Control(connection, org, **facts)

    yield make
    await connection.close()
