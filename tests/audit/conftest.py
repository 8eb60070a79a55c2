"""The audit service's own database, to have its handlers hear events in an order of the test's choosing."""

import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from deploy.client import Organisation
from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.examined import Examined, examining
from tests.audit.frames import changes
from tests.audit.sampled import Team


@pytest.fixture(scope="session")
def database(audit_database: Database) -> Database:
    """As the service itself is connected: the application role, fenced by row-level security."""
    return audit_database


@pytest.fixture(scope="session")
async def team(operator: httpx.AsyncClient, firm: Firm) -> AsyncIterator[Team]:
    """A team of the firm in an engagement, whose populations and samples the tests share."""
    org = await Organisation.found(operator, f"Sampled {uuid.uuid4()}")
    founded = await Team.of(org, firm)
    yield founded
    await founded.close()
    await org.close()


@pytest.fixture(scope="session")
async def hundred(team: Team) -> dict[str, Any]:
    """A reliable population of a hundred changes, of which no test leaves a sample standing."""
    return await team.reliable(changes(100))


@pytest.fixture
async def anybody(operator: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    async with httpx.AsyncClient(base_url=operator.base_url, timeout=30) as client:
        yield client


@pytest.fixture
async def examined(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Examined]:
    """An engagement that is in reporting, with the people of the firm who have tokens for it."""
    async with examining(org, firm, database) as found:
        yield found
