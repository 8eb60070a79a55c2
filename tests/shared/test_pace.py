"""Giving way: the event loop has its turn, and no more go than may."""

import asyncio

import pytest

from shared.pace import Pace, yielding


async def test_others_have_their_turn_while_many_things_are_gone_through() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    assert [each async for each in yielding(range(1000))] == list(range(1000))
    task.cancel()
    assert turns >= 1000 // 25


async def test_a_lot_may_go_and_then_none_until_its_time_is_over() -> None:
    pace = Pace(per_second=100, burst=10)
    assert (pace.room, pace.wait) == (10, 0)
    pace.record_sent(5)
    assert pace.room == 0
    assert pace.wait == pytest.approx(0.05, abs=0.02)
    pace.record_sent(0)
    assert pace.wait > 0.02
    await asyncio.sleep(pace.wait)
    assert pace.room == 10
