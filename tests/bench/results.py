"""A million test results: how fast the oldest page is against the first, and how fast a thousand more are taken."""

import statistics
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg

from deploy.client import Organisation, done
from deploy.local.stack import Stack
from shared.data.cursors import Cursor
from tests.bench.load import Order
from tests.bench.machine import until_at_rest
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced
from tests.bench.throughput import loader

_ROUNDS = 5
_SECONDS = 0.5
_AS_FAST = Limit(most=1.5)
_AT_ONCE = 1000
_PUSHES = 4
_WELL_UNDER_TWO_SECONDS = Limit(most=1000)
# Whatever is asked for, the page that ends with the oldest of it.
_OLDEST = """
    select observed_at, updated_at, id from test_results where org_id = $1 and {} order by {}, id offset 50 limit 1
"""
_PAGES: Mapping[str, tuple[dict[str, str], str]] = {
    "all": ({}, "true"),
    "of one source": ({"source": "source 7"}, "source = 'source 7'"),
    "failed": ({"outcome": "fail"}, "outcome = 'fail'"),
    "by update": ({"sort": "-updated_at"}, "true"),
}


async def measure(stack: Stack, report: Report, org: Organisation, token: str) -> None:
    """Pages first, since what is pushed is there to be read afterwards."""
    await _measure_pages(stack, report, UUID(org.id), token)
    await _measure_pushes(stack, report, org)


async def _measure_pages(stack: Stack, report: Report, org_id: UUID, token: str) -> None:
    port = stack.ports.internal["controls"]
    async with loader() as load:
        for name, (query, where) in _PAGES.items():
            sort = query.get("sort", "-observed_at")
            oldest = query | {"cursor": await _cursor_of_oldest(stack, org_id, sort, where)}
            taken: dict[str, list[float]] = {"first": [], "oldest": []}
            for _ in range(_ROUNDS):
                for which, asked in (("first", query), ("oldest", oldest)):
                    order = Order(port, [_get(token, asked)], _SECONDS)
                    taken[which].append(1000 / (await load.send(order)).per_second)
            first = f"test results, {name}, first page"
            report.tell(first, statistics.median(taken["first"]), "ms/page")
            last = f"test results, {name}, oldest page"
            report.tell(last, statistics.median(taken["oldest"]), "ms/page", against=first, limit=_AS_FAST)


async def _cursor_of_oldest(stack: Stack, org_id: UUID, sort: str, where: str) -> str:
    column = sort.removeprefix("-")
    connection = await asyncpg.connect(unfenced(stack, "controls"))
    try:
        row = await connection.fetchrow(_OLDEST.format(where, column), org_id)
    finally:
        await connection.close()
    assert row is not None
    return Cursor(sort, row[column], row["id"]).encode()


def _get(token: str, query: Mapping[str, str]) -> str:
    path = f"/v1/test-results?{urlencode(query)}" if query else "/v1/test-results"
    return f"GET {path} HTTP/1.1\r\nHost: attest.example\r\nAuthorization: Bearer {token}\r\n\r\n"


async def _measure_pushes(stack: Stack, report: Report, org: Organisation) -> None:
    """A thousand at once, of as many controls: all of them turn, or all say again what they said before.

    Each begins when what the last one caused is done; how long a thousand turned controls keep the services busy is
    told too.
    """
    watched = [process.pid for process in stack.processes.values()]
    began = datetime.now(UTC)
    done_before = await _push(org, began, run=0, outcome="fail")
    assert done_before["recorded"] == _AT_ONCE, done_before
    taken: dict[str, list[float]] = {"repeating": [], "turning as many controls": []}
    busy: list[float] = []
    for run in range(1, 2 * _PUSHES + 1):
        # Each outcome twice in a row: fail again, pass, pass again, fail, …
        outcome = ("fail", "pass")[run // 2 % 2]
        await until_at_rest(watched)
        before = time.perf_counter()
        answer = await _push(org, began, run=run, outcome=outcome)
        taken["repeating" if run % 2 else "turning as many controls"].append(time.perf_counter() - before)
        assert answer["recorded"] == _AT_ONCE, answer
        if run % 2 == 0:
            await until_at_rest(watched)
            busy.append(time.perf_counter() - before)
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        report.tell(f"push of 1,000 results, {name}", median * 1000, "ms", limit=_WELL_UNDER_TWO_SECONDS)
        report.tell(f"results pushed, {name}", _AT_ONCE / median, "results/s")
    report.tell("until 1,000 turned controls have had their effect", statistics.median(busy), "s")


async def _push(org: Organisation, began: datetime, *, run: int, outcome: str) -> dict[str, Any]:
    results = [
        {
            "control": f"C-{number:06}",
            "source": "bench",
            "run_id": f"run {run}",
            "check": "access",
            "outcome": outcome,
            "observed_at": (began + timedelta(milliseconds=run)).isoformat(),
        }
        for number in range(1, _AT_ONCE + 1)
    ]
    return done(await org.monitor.post("/v1/test-results", json={"results": results}))
