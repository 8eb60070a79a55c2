"""One stack for each process that runs tests, on ports of its own; each test founds organisations of its own."""

import os
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import settings

from deploy.client import Organisation, client
from deploy.firm import Firm
from deploy.local.stack import Stack
from services.audit.app import SERVICE as AUDIT
from shared.data.sessions import Database
from tests import answered
from tests.prepared import prepared_stack
from tests.support import settings_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--thorough", action="store_true", help="try more cases, or all of them: ARGS=--thorough")


def pytest_configure(config: pytest.Config) -> None:
    # How long an example takes says more of the machine than of the rule.
    settings.register_profile("ordinary", deadline=None)
    settings.register_profile("thorough", deadline=None, max_examples=300)
    settings.load_profile("thorough" if config.getoption("thorough") else "ordinary")
    if not hasattr(config, "workerinput"):
        answered.record(config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput") and _faults_of_declarations(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in _faults_of_declarations(config):
        terminalreporter.write_line(line, red=True)


def _faults_of_declarations(config: pytest.Config) -> list[str]:
    """What is wrong with the problems that operations declare; whether all were answered, only of a whole run says."""
    faults = [f"answered and not declared in `refuses`: {line}" for line in answered.undeclared()]
    chosen = config.option.keyword or config.option.markexpr or config.option.lf
    if config.args_source == pytest.Config.ArgsSource.TESTPATHS and not chosen:
        faults += [f"declared in `refuses` and never answered: {line}" for line in answered.unanswered()]
        faults += [f"in unanswered.txt and declared no longer: {line}" for line in answered.justified_in_vain()]
    return faults


@pytest.fixture(scope="session")
async def stack(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL, NATS, Traefik and every service, as `make run` starts them."""
    # Where the tests' own outside issuer answers; any other address inside a network is refused, as in production.
    os.environ.setdefault("ATTEST_OUTBOUND_ALLOW", "127.0.0.2/32")
    async with await prepared_stack(tmp_path_factory.mktemp("attest"), pytestconfig) as running:
        yield running


@pytest.fixture(scope="session")
async def operator(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever runs the installation: founds organisations, and sees none of their rows."""
    named = stack.operator()
    async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as acting:
        yield acting


@pytest.fixture(scope="session")
async def firm(operator: httpx.AsyncClient) -> AsyncIterator[Firm]:
    """An audit firm that examines the organisations of all tests."""
    founded = await Firm.found(operator, f"Hale & Partners LLP {uuid.uuid4()}")
    yield founded
    await founded.close()


@pytest.fixture(scope="session")
async def audit_database(stack: Stack) -> AsyncIterator[Database]:
    """The database of the audit service, as that is connected: to have engagements in phases that take months."""
    opened = Database(settings_of(stack, "audit"), AUDIT.recompute)
    yield opened
    await opened.close()


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
