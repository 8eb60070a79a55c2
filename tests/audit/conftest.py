"""The audit service's own database, to have its handlers hear events in an order of the test's choosing."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from shared.data.sessions import Database
from shared.settings import Settings


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[Database]:
    """As the service itself is connected: the application role, fenced by row-level security."""
    variables = stack.environment("audit")
    named = {name.removeprefix("ATTEST_").lower(): value for name, value in variables.items()}
    opened = Database(Settings.model_validate(named))
    yield opened
    await opened.close()
