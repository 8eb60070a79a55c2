"""Readiness, readiness over the period and gaps of a programme whose framework 10,000 controls answer.

Each control has evidence of every quarter, and a test that failed once within the period and passed again.
"""

import time
from statistics import median
from uuid import UUID

import asyncpg

from deploy.client import Organisation, done
from deploy.local.stack import Stack
from tests.bench.machine import until_at_rest
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced

_TIMES = 7
_EXPECTATIONS = """
    insert into known_expectations (org_id, id, control_id, title, freshness_days, expected_since, version)
    select org_id, uuidv7(), id, 'Access review', 120, implemented_at, 1 from controls
    where org_id = $1 and implemented_at is not null
"""
_PROOFS = """
    insert into known_proofs (org_id, item_id, expectation_id, control_id, title, state, valid_until, covers_from,
                              covers_until, accepted_at, corrected, version)
    select org_id, uuidv7(), id, control_id, 'Access review', 'superseded', ends + interval '120 days',
           ends - interval '92 days', ends, ends, false, 2
    from known_expectations, generate_series(now(), now() - interval '1 year', interval '-92 days') ends
    where org_id = $1
"""


async def measure(stack: Stack, report: Report, org: Organisation) -> None:
    """Report how long each answer takes; readiness over the period and gaps are to take at most six times as long."""
    connection = await asyncpg.connect(unfenced(stack, "controls"))
    try:
        for statement in (_EXPECTATIONS, _PROOFS):
            await connection.execute(statement, UUID(org.id))
        await connection.execute("analyze known_expectations, known_proofs")
    finally:
        await connection.close()
    await until_at_rest([process.pid for process in stack.processes.values()])
    programme = done(await org.admin.get("/v1/programmes", params={"limit": 1}))["items"][0]["id"]
    report.tell("readiness of 10,000 controls", await _seconds(org, f"{programme}/readiness"), "s")
    for name, path in (("readiness over a period", "period-readiness"), ("gaps with their days", "gaps")):
        seconds = await _seconds(org, f"{programme}/{path}")
        against, limit = "readiness of 10,000 controls", Limit(most=6)
        report.tell(f"{name} of 10,000 controls", seconds, "s", against=against, limit=limit)


async def _seconds(org: Organisation, path: str) -> float:
    """The median of a few answers."""
    taken = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        done(await org.admin.get(f"/v1/programmes/{path}"))
        taken.append(time.perf_counter() - began)
    return median(taken)
