from collections.abc import AsyncIterator

import pytest

from tests.gateway.support import Provider


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A customer's OpenID Connect provider, reachable for the gateway."""
    running = await Provider().start()
    yield running
    await running.stop()
