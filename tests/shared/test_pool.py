"""The connections for reads: lent once at a time, kept after a refusal, replaced when they are gone."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from deploy.client import eventually
from deploy.local.stack import Stack
from shared.data.pool import ReadPool, WritePool
from shared.data.sessions import Database
from tests.support import settings_of

_WHICH = "select pg_backend_pid()"


@pytest.fixture
async def made() -> list[asyncpg.Connection]:
    """Every connection that the pool has had made."""
    return []


@pytest.fixture
async def pool(stack: Stack, made: list[asyncpg.Connection]) -> AsyncIterator[ReadPool]:
    async def connect() -> asyncpg.Connection:
        made.append(await asyncpg.connect(stack.environment("risk")["ATTEST_DATABASE_URL"]))
        return made[-1]

    opened = ReadPool(connect, 2, wait=5)
    yield opened
    await opened.close()
    assert all(each.is_closed() for each in made)


async def test_the_same_connection_serves_one_read_after_the_other(pool: ReadPool) -> None:
    assert len({await pool.fetchval(_WHICH) for _ in range(5)}) == 1


async def test_no_more_are_lent_than_there_are(pool: ReadPool, made: list[asyncpg.Connection]) -> None:
    used = await asyncio.gather(*(pool.fetchrow(f"{_WHICH}, pg_sleep(0.02)") for _ in range(8)))
    assert len(used) == 8
    assert len({row[0] for row in used}) == len(made) == 2


async def test_a_connection_outlives_a_statement_that_is_refused(pool: ReadPool) -> None:
    before = await pool.fetchval(_WHICH)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await pool.fetch("select 1 / 0")
    assert await pool.fetchval(_WHICH) == before


async def test_a_read_that_is_broken_off_takes_its_connection_with_it(
    pool: ReadPool, made: list[asyncpg.Connection]
) -> None:
    reading = asyncio.create_task(pool.fetchval("select pg_sleep(60)"))
    while not made:  # noqa: ASYNC110 - a connection that is being made tells nobody
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert made[0].is_closed()
    assert await asyncio.wait_for(pool.fetchval("select 1"), 5) == 1


async def test_a_connection_that_the_server_has_closed_is_replaced(
    stack: Stack, pool: ReadPool, made: list[asyncpg.Connection]
) -> None:
    before = await pool.fetchval(_WHICH)
    superuser = await asyncpg.connect(stack.environment("risk")["ATTEST_SUPERUSER_DATABASE_URL"])
    assert await superuser.fetchval("select pg_terminate_backend($1)", before)
    await superuser.close()
    await eventually(lambda: _closed(made[0]), within=5, every=0.01)
    assert await pool.fetchval(_WHICH) != before


async def test_one_read_leaves_its_organisation_to_no_other(pool: ReadPool) -> None:
    organisation = "current_setting('app.org_id', true)"
    assert await pool.fetchrow("select set_config('app.org_id', 'one', true)")
    assert not await pool.fetchval(f"select {organisation}")


async def test_reads_that_come_at_once_leave_no_more_connections_than_are_kept(
    pool: ReadPool, made: list[asyncpg.Connection]
) -> None:
    await asyncio.gather(*(pool.fetchval("select pg_sleep(0.05)") for _ in range(4)))
    await pool.close_unneeded(keep=1)
    assert sum(not each.is_closed() for each in made) == 2, "both have been needed since the last look"
    await pool.fetchval("select 1")
    await pool.close_unneeded(keep=1)
    assert sum(not each.is_closed() for each in made) == 1
    await pool.close_unneeded(keep=1)
    assert await pool.fetchval("select 1") == 1
    assert len(made) == 2


async def test_writes_that_come_at_once_leave_no_more_connections_than_are_kept(stack: Stack) -> None:
    settings = settings_of(stack, "risk").model_copy(update={"database_pool": 6, "database_idle_seconds": 0.1})
    database = Database(settings)

    async def write() -> int:
        async with database.transaction(UUID(int=7)) as session:
            return int(await session.scalar(text("select pg_backend_pid() from pg_sleep(0.05)")))

    assert len(set(await asyncio.gather(*(write() for _ in range(6))))) == 6
    pool = database._engine.pool  # noqa: SLF001 - what is open is nobody else's business
    assert isinstance(pool, WritePool)
    assert pool.checkedin() == 6
    closing = asyncio.create_task(database.close_idle())
    await eventually(lambda: _only(pool, 2), within=5, every=0.01)
    together = await asyncio.gather(*(write() for _ in range(12)))
    assert len(set(together)) == 6, "as many as before are made again when they are needed"
    await eventually(lambda: _only(pool, 2), within=5, every=0.01)
    closing.cancel()
    await database.close()


async def _only(pool: WritePool, idle: int) -> bool:
    return pool.checkedin() == idle and pool.checkedout() == 0


async def _closed(connection: asyncpg.Connection) -> bool:
    return bool(connection.is_closed())
