"""Child processes: whatever happens inside one, the service goes on and says what the limit is."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

import pytest

from shared.children import pool
from shared.children.pool import Children
from shared.children.process import ChildFailed
from shared.clock import new_id
from shared.problems import Busy, LimitExceeded
from tests.shared.child_tasks import ECHO, HURRIED, MISBEHAVE, SLOW, WHO, NotLiked

ORG = new_id()


@pytest.fixture
async def children() -> AsyncIterator[Children]:
    running = Children()
    yield running
    await running.close()


async def test_what_is_given_comes_back_in_parts_of_any_size(children: Children) -> None:
    given = [b"a", b"b" * 3_000_000, b"\x00\xff"]
    answer = await children.run(ECHO, ORG, {"number": 1}, given)
    assert answer == [b'{"number": 1}', *given]

    async def slowly() -> AsyncIterator[bytes]:
        for part in given:
            await asyncio.sleep(0.01)
            yield part

    assert (await children.run(ECHO, ORG, None, slowly()))[1:] == given


async def test_an_answer_is_taken_as_it_comes(children: Children) -> None:
    wanted: asyncio.Queue[None] = asyncio.Queue()

    async def given() -> AsyncIterator[bytes]:
        for number in range(3):
            yield str(number).encode()
            await wanted.get()

    taken = []
    async with aclosing(children.stream(ECHO, ORG, None, given())) as parts:
        async for part in parts:
            taken.append(part)
            wanted.put_nowait(None)
    assert taken == [b"null", b"0", b"1", b"2"]


async def test_an_answer_that_nobody_takes_to_its_end_ends_its_child(children: Children) -> None:
    before = await children.run(WHO, ORG)
    async with aclosing(children.stream(WHO, ORG)) as parts:
        assert [part async for part in parts] == before, "the same child, since it was taken to its end"
    async with aclosing(children.stream(ECHO, ORG, None, [b"a"] * 100)) as parts:
        assert await anext(parts) == b"null"
    assert await children.run(ECHO, ORG, 1) == [b"1"]
    with pytest.raises(LimitExceeded, match="nested less deep"):
        async with aclosing(children.stream(MISBEHAVE, ORG, "recurse")) as parts:
            await anext(parts)
    with pytest.raises(NotLiked):
        async with aclosing(children.stream(MISBEHAVE, ORG, "refuse", [b"x"])) as parts:
            assert [part async for part in parts] == []


@pytest.mark.parametrize(
    ("how", "limit"),
    [
        ("allocate", "64 MiB of memory"),
        ("allocate in native code", "64 MiB of memory"),
        ("collect", "64 MiB of memory"),
        ("compute", "0.5 seconds of processor time"),
        ("compute in native code", "0.5 seconds of processor time"),
        ("recurse", "nested less deep"),
        ("answer without end", "8,388,608 bytes"),
    ],
)
async def test_what_exceeds_a_limit_is_ended_and_the_limit_named(children: Children, how: str, limit: str) -> None:
    began = time.monotonic()
    ticks = 0

    async def other_requests() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    meanwhile = asyncio.create_task(other_requests())
    with pytest.raises(LimitExceeded) as refused:
        await children.run(MISBEHAVE, ORG, how, [b"x" * 100_000])
    meanwhile.cancel()
    assert limit in refused.value.detail
    assert refused.value.detail.startswith("The task misbehave ")
    assert ticks > 5 * (time.monotonic() - began)  # of 100 a second on an idle machine
    assert await children.run(ECHO, ORG, 1) == [b"1"]


async def test_what_only_waits_is_ended_too(children: Children) -> None:
    began = time.monotonic()
    with pytest.raises(LimitExceeded, match=r"The task slow may take 0\.5 seconds\."):
        await children.run(HURRIED, ORG, 60)
    assert time.monotonic() - began < 10


async def test_a_problem_of_the_tasks_own_arrives_as_itself(children: Children) -> None:
    first = await children.run(MISBEHAVE, ORG, "say who you are")
    with pytest.raises(NotLiked) as refused:
        await children.run(MISBEHAVE, ORG, "refuse", [b"x" * 1_000_000] * 3)
    assert (len(refused.value.faults), refused.value.more_faults) == (100, 150)
    assert refused.value.faults[99].pointer == "/99"
    assert await children.run(MISBEHAVE, ORG, "say who you are") == first  # it is as good as before


async def test_an_error_of_ours_is_no_problem_of_the_client(children: Children) -> None:
    with pytest.raises(ChildFailed, match="ZeroDivisionError"):
        await children.run(MISBEHAVE, ORG, "fail")
    with pytest.raises(ChildFailed, match="status 3"):
        await children.run(MISBEHAVE, ORG, "exit")


async def test_input_that_breaks_off_ends_the_call_with_what_broke_it(children: Children) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await children.run(ECHO, ORG, None, broken())
    assert await children.run(ECHO, ORG, 1) == [b"1"]


async def test_a_child_is_warm_knows_no_secret_and_is_replaced(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTEST_DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(pool, "_MOST_USES", 2)
    seen = [json.loads((await children.run(WHO, ORG))[0]) for _ in range(4)]
    pids = [each["pid"] for each in seen]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert not [name for name in seen[0]["environment"] if name.startswith("ATTEST_")]
    assert seen[0]["niceness"] > 0


async def test_a_child_that_is_gone_is_not_asked(children: Children) -> None:
    first = json.loads((await children.run(WHO, ORG))[0])["pid"]
    os.kill(first, signal.SIGKILL)
    await asyncio.sleep(0.2)
    assert json.loads((await children.run(WHO, ORG))[0])["pid"] != first


async def test_an_idle_child_is_ended(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_IDLE_SECONDS", 0.05)
    first = json.loads((await children.run(WHO, ORG))[0])["pid"]
    await asyncio.sleep(0.2)
    assert json.loads((await children.run(WHO, ORG))[0])["pid"] != first


async def test_organisations_take_turns_and_one_that_asks_for_too_much_is_told_when_to_come_again(
    children: Children,
) -> None:
    order: list[UUID] = []
    other = new_id()

    async def call(org_id: UUID) -> None:
        await children.run(SLOW, org_id, 0.05)
        order.append(org_id)

    calls = [asyncio.create_task(call(ORG)) for _ in range(5)]
    await asyncio.sleep(0.01)
    with pytest.raises(Busy) as refused:
        await call(ORG)
    assert refused.value.headers == {"Retry-After": "5"}
    calls.append(asyncio.create_task(call(other)))
    await asyncio.gather(*calls)
    assert order.index(other) <= 2


async def test_who_gives_up_waiting_gives_up_the_turn(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_WAIT_SECONDS", 0.1)
    first = asyncio.create_task(children.run(SLOW, ORG, 0.6))
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(children.run(SLOW, ORG, 0))
    with pytest.raises(Busy):
        await children.run(SLOW, new_id(), 0)
    waiting.cancel()
    assert await first == [b"done"]
    assert await children.run(SLOW, ORG, 0) == [b"done"]
