"""Simulating losses: what a request waits for, and a large portfolio as a job.

In the request 100 scenarios of frequency and magnitude are simulated for 10,000 years; the job simulates 100 whole
trees of factors for 100,000 years.
"""

import time
from typing import Any

from deploy.client import Organisation, done, eventually
from tests.bench.report import Limit, Report
from tests.risk.estimated import FULL, A
from tests.risk.given import DRAFT

_SCENARIOS = 100
_LOOK_SECONDS = 0.2


async def measure(report: Report, org: Organisation) -> None:
    """Report how long both take; the request is to be answered within a second, the job done within a minute."""
    risk = done(await org.admin.post("/v1/risks", json=DRAFT | {"code": "LOSS-1"}))["id"]
    shallow = {"simulation": "product", "trials": 10_000, "scenario_ids": await _estimated(org, risk, A)}
    began = time.perf_counter()
    done(await org.admin.post("/v1/loss-simulations", json=shallow))
    report.tell("100 loss scenarios, 10,000 years, first request", time.perf_counter() - began, "s")
    began = time.perf_counter()
    done(await org.admin.post("/v1/loss-simulations", json=shallow))
    name = "100 loss scenarios, 10,000 years, in the request"
    report.tell(name, time.perf_counter() - began, "s", limit=Limit(most=1))
    whole = {"simulation": "compound", "trials": 100_000, "scenario_ids": await _estimated(org, risk, FULL)}
    began = time.perf_counter()
    job = await org.admin.post("/v1/loss-simulations", json=whole)

    async def finished() -> dict[str, Any] | None:
        now = done(await org.admin.get(job.headers["Location"]))
        return now if now["finished_at"] else None

    ended = await eventually(finished, within=600, every=_LOOK_SECONDS)
    assert ended["state"] == "succeeded", ended
    name = "100 whole trees of losses, 100,000 years, as a job"
    report.tell(name, time.perf_counter() - began, "s", limit=Limit(most=60))


async def _estimated(org: Organisation, risk: str, estimate: dict[str, Any]) -> list[str]:
    draft = {"title": "Loss", "currency": "EUR", "rationale": "Made for the benchmark.", "estimate": estimate}
    path = f"/v1/risks/{risk}/loss-scenarios"
    return [done(await org.admin.post(path, json=draft))["id"] for _ in range(_SCENARIOS)]
