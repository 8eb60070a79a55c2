"""Limits in time: whatever is stuck, everything else is served, and what waits for it is told to try again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI, Response
from sqlalchemy import text

from deploy.local.services import NAMES
from deploy.local.stack import Stack
from deploy.story import implemented_control
from shared.data.outages import NoFreeConnection
from shared.data.sessions import Database
from shared.http import problems
from tests.shared.given import superuser
from tests.support import Organisation, ok, problem, settings_of

ANYONE = UUID(int=7)


async def _patched(org: Organisation, control: str, etag: str) -> httpx.Response:
    change = {"backup_owner": "kim@example.com"}
    return await org.manager.patch(f"/v1/controls/{control}", json=change, headers={"If-Match": etag})


async def test_a_stuck_transaction_keeps_nobody_else_waiting(stack: Stack, org: Organisation) -> None:
    """It holds a row for good, and more requests want that row than there are connections."""
    stuck, other = await implemented_control(org, "AC-01"), await implemented_control(org, "AC-02")
    etag = (await org.manager.get(f"/v1/controls/{stuck}")).headers["ETag"]
    async with superuser(stack, "controls") as connection, connection.transaction():
        await connection.execute("select from controls where id = $1 for update", stuck)
        waiting = [asyncio.create_task(_patched(org, stuck, etag)) for _ in range(20)]
        await asyncio.sleep(0.2)
        assert ok(await org.viewer.get(f"/v1/controls/{stuck}"))["id"] == stuck
        etag = (await org.manager.get(f"/v1/controls/{other}")).headers["ETag"]
        ok(await _patched(org, other, etag))
        assert not all(task.done() for task in waiting), "the other is served meanwhile"
        for refused in await asyncio.gather(*waiting):
            assert "Another change holds" in problem(refused, 503, "unavailable")["detail"]
            assert refused.headers["Retry-After"]
    ok(await _patched(org, stuck, "*"))


async def test_every_role_has_its_limits(stack: Stack) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    expected = {"": ["10s", "3s", "2min"], "_WORKER": ["1min", "3s", "2min"], "_OWNER": ["0", "10s", "0"]}
    for service in NAMES:
        for role, limits in expected.items():
            connection = await asyncpg.connect(stack.environment(service)[f"ATTEST{role}_DATABASE_URL"])
            assert [await connection.fetchval(f"show {name}") for name in names] == limits, (service, role)
            await connection.close()


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[Database]:
    """The connections of a controls process that has two for writes and one for reads, and little patience."""
    few = {"database_pool": 2, "read_pool": 1, "database_wait_seconds": 0.3, "database_answer_seconds": 0.5}
    opened = Database(settings_of(stack, "controls").model_copy(update=few))
    yield opened
    await opened.close()


async def _answer(work: Callable[[], Awaitable[object]]) -> httpx.Response:
    """What an operation answers whose work ends so, through the handlers that every service has."""
    app = FastAPI()
    problems.install(app)

    @app.get("/work")
    async def endpoint() -> Response:
        await work()
        return Response()

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get("/work")


def _refused(answer: httpx.Response, words: str) -> None:
    assert words in problem(answer, 503, "unavailable")["detail"]
    assert answer.headers["Retry-After"] == "1"


async def _write(database: Database, *statements: str) -> None:
    async with database.transaction(ANYONE) as session:
        for statement in statements:
            await session.execute(text(statement))


async def test_without_a_free_connection_a_write_is_told_to_try_again(database: Database) -> None:
    async with database.transaction(ANYONE) as first, database.transaction(ANYONE) as second:
        for session in (first, second):
            await session.execute(text("select 1"))
        _refused(await _answer(lambda: _write(database, "select 1")), "in use")
    await _write(database, "select 1")


async def test_without_a_free_connection_a_read_is_told_to_try_again(database: Database) -> None:
    reading = asyncio.create_task(database.reads.fetchval("select pg_sleep(0.45)"))
    await asyncio.sleep(0.05)
    with pytest.raises(NoFreeConnection):
        await database.reads.fetchval("select 1")
    _refused(await _answer(lambda: database.reads.fetchval("select pg_sleep(5)")), "in the time")
    await reading
    assert await database.reads.fetchval("select 1") == 1


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("do $$ begin raise lock_not_available; end $$", "Another change holds"),
        ("do $$ begin raise query_canceled; end $$", "in the time"),
        ("do $$ begin raise deadlock_detected; end $$", "waited for each other"),
        ("do $$ begin raise serialization_failure; end $$", "waited for each other"),
        ("do $$ begin raise too_many_connections; end $$", "in use"),
        ("do $$ begin raise admin_shutdown; end $$", "cannot be reached"),
        ("select pg_terminate_backend(pg_backend_pid())", "cannot be reached"),
    ],
)
async def test_what_the_server_could_not_do_now_may_be_tried_again(
    database: Database, statement: str, words: str
) -> None:
    _refused(await _answer(lambda: _write(database, statement)), words)
    _refused(await _answer(lambda: database.reads.fetch(statement)), words)
    await _write(database, "select 1")


async def test_what_is_wrong_with_the_statement_is_an_error_of_ours(database: Database) -> None:
    for work in (lambda: _write(database, "select 1 / 0"), lambda: database.reads.fetch("select 1 / 0")):
        problem(await _answer(work), 500, "unforeseen")


@asynccontextmanager
async def _stopped(pid: int) -> AsyncIterator[None]:
    """A server process that does not answer: neither the statement, nor that it be cancelled, nor a rollback."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_server_that_does_not_answer_is_given_up(database: Database) -> None:
    async def write() -> None:
        async with database.transaction(ANYONE) as session:
            pid = await session.scalar(text("select pg_backend_pid()"))
            async with _stopped(pid):
                await session.execute(text("select 1"))

    async def read() -> None:
        pid = await database.reads.fetchval("select pg_backend_pid()")
        async with _stopped(pid):
            await database.reads.fetchval("select 1")

    for work in (write, read):
        began = asyncio.get_running_loop().time()
        _refused(await _answer(work), "in the time")
        assert asyncio.get_running_loop().time() - began < 10
    await _write(database, "select 1")
    assert await database.reads.fetchval("select 1") == 1
