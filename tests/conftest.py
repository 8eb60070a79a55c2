"""One stack for the whole run, on ports of its own; each test founds organisations of its own."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.client import Organisation, client
from deploy.local.ports import Ports
from deploy.local.stack import Stack


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL, NATS, Traefik and every service, as `make run` starts them."""
    state: Path = tmp_path_factory.mktemp("attest")
    # Where the tests' own outside issuer answers; any other address inside a network is refused, as in production.
    os.environ.setdefault("ATTEST_OUTBOUND_ALLOW", "127.0.0.2/32")
    # What survives a power failure is for `make chaos` to ask, and for tests that start a stack of their own.
    running = Stack(state=state, ports=Ports.free(), durable=False)
    async with running:
        yield running


@pytest.fixture(scope="session")
async def operator(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever runs the installation: founds organisations, and sees none of their rows."""
    named = stack.operator()
    async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as acting:
        yield acting


@pytest.fixture
async def org(operator: httpx.AsyncClient) -> AsyncIterator[Organisation]:
    """A fresh organisation with its team."""
    founded = await Organisation.found(operator, f"Organisation {uuid.uuid4()}")
    yield founded
    await founded.close()


@pytest.fixture
async def other_org(operator: httpx.AsyncClient) -> AsyncIterator[Organisation]:
    """Another organisation, which must never see anything of the first."""
    founded = await Organisation.found(operator, f"Other {uuid.uuid4()}")
    yield founded
    await founded.close()
