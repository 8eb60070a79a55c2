"""The audit service's own database, to have its handlers hear events in an order of the test's choosing."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import Stack
from services.audit.app import SERVICE
from shared.data.sessions import Database
from tests.support import settings_of


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[Database]:
    """As the service itself is connected: the application role, fenced by row-level security."""
    opened = Database(settings_of(stack, "audit"), SERVICE.recompute)
    yield opened
    await opened.close()
