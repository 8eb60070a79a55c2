"""A population of a million rows and a workbook of 200,000: how long they take to freeze, and a sample to be drawn."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import xlsxwriter

from deploy.client import Organisation, client, done, eventually
from deploy.firm import Firm
from deploy.local.stack import Stack
from services.audit.app import SERVICE
from services.audit.sampling.populations.routes import routes as population_routes
from services.audit.sampling.sample_items.routes import routes as sample_item_routes
from services.audit.sampling.samples.routes import routes as sample_routes
from tests.audit.sampled import CSV, PROVENANCE, RELIABLE, Team
from tests.bench.machine import resident_mib
from tests.bench.report import Limit, Report
from tests.bench.seed import UNLIMITED, unfenced
from tests.bench.throughput import measure_reads

ROWS, SHEET_ROWS = 1_000_000, 200_000
_XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_HEADINGS = ("Ticket", "Closed", "Team", "Summary", "Requester", "Approver")
_AT_ONCE = 5_000
_FROZEN, _GROWTH, _DRAWN = Limit(most=60), Limit(most=64), Limit(most=10)
_LOOK_SECONDS = 0.05
# Each copy of a row has ids of its own, and refers to the copy of the same number of what the original refers to.
_COPY = """
    insert into {table} select (jsonb_populate_record(r, jsonb_build_object(
        'id', md5(r.id::text || n)::uuid, 'created_at', r.created_at - n * interval '1 second',
        'updated_at', r.updated_at - n * interval '1 second', {also}))).*
    from {table} r, generate_series(1, $2) n where r.org_id = $1
"""
_COPIES = 1_700  # of a sample with 60 items: 100,000 items
_COPIED = {
    "populations": "'series_id', md5(r.series_id::text || n)::uuid",
    "samples": "'population_id', md5(r.population_id::text || n)::uuid, 'series_id', md5(r.series_id::text || n)::uuid",
    "sample_items": "'sample_id', md5(r.sample_id::text || n)::uuid",
}


async def measure(stack: Stack, report: Report) -> None:
    """Freeze both, and draw and draw again from the larger one, in an engagement of their own."""
    named = stack.operator()
    async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
        await _measure_by(stack, report, operator)


async def _measure_by(stack: Stack, report: Report, operator: httpx.AsyncClient) -> None:
    team = await _team(operator, "Bench & Partners LLP")
    await _frozen(team, _a_few(), CSV)  # buffers are allocated once
    large = await _watched(stack, report, "population of 1,000,000 rows", _frozen(team, _lines(ROWS), CSV))
    sheet = _workbook()
    await _watched(stack, report, "workbook of 200,000 rows", _frozen(team, sheet, _XLSX))
    done(await team.manager.post(f"/v1/populations/{large}/reliability-conclusions", json=RELIABLE))
    draft = {"population_id": large, "title": "Bench", "method": "random", "size": 60, "size_reason": "Bench"}
    sample = done(await team.staff.post("/v1/samples", json=draft))["id"]
    for name, path in (("draw of 60", "draws"), ("draw again of 60", "verifications")):
        began = time.perf_counter()
        job = await _finished(team, await team.staff.post(f"/v1/samples/{sample}/{path}", json={}))
        report.tell(f"{name} from 1,000,000", time.perf_counter() - began, "s", limit=_DRAWN)
    if not job["result"]["equal"]:
        raise RuntimeError(f"the second draw is another one: {job['result']}")
    await _leave(team)
    # A firm with one engagement: what its team reads are all rows that it has.
    await _measure_reads(stack, report, await _team(operator, "Reads & Partners LLP"))


async def _team(operator: httpx.AsyncClient, name: str) -> Team:
    return await Team.of(await Organisation.found(operator, name), await Firm.found(operator, name))


async def _leave(team: Team) -> None:
    await team.close()
    await team.firm.close()
    await team.org.close()


async def _measure_reads(stack: Stack, report: Report, team: Team) -> None:
    """Every list and thing that a member of a team reads, where the engagement has 100,000 items of samples."""
    population = await _frozen(team, _a_few(), CSV)
    done(await team.manager.post(f"/v1/populations/{population}/reliability-conclusions", json=RELIABLE))
    draft = {"population_id": population, "title": "Bench", "method": "random", "size": 60, "size_reason": "Bench"}
    sample = done(await team.staff.post("/v1/samples", json=draft))["id"]
    await _finished(team, await team.staff.post(f"/v1/samples/{sample}/draws", json={}))
    connection = await asyncpg.connect(unfenced(stack, "audit"), server_settings=UNLIMITED)
    for table, also in _COPIED.items():
        await connection.execute(_COPY.format(table=table, also=also), UUID(team.firm.id), _COPIES)
        await connection.execute(f"analyze {table}")
    await connection.close()
    nouns = replace(SERVICE, routes=[population_routes, sample_routes, sample_item_routes])
    token = team.firm.token_request("staff", team.engagement)
    async with httpx.AsyncClient(timeout=30) as asking:
        answer = done(await asking.send(token))
    await measure_reads(stack, report, nouns, UUID(team.firm.id), answer["access_token"])
    await _leave(team)


async def _watched(stack: Stack, report: Report, name: str, work: Awaitable[str]) -> str:
    pid = stack.processes["audit"].pid
    before = most = resident_mib(pid)
    began = time.perf_counter()
    task = asyncio.ensure_future(work)
    while not task.done():
        most = max(most, resident_mib(pid))
        await asyncio.wait([task], timeout=_LOOK_SECONDS)
    report.tell(f"{name}, received and frozen", time.perf_counter() - began, "s", limit=_FROZEN)
    report.tell(f"{name}, growth of the service", most - before, "MiB", limit=_GROWTH)
    return task.result()


async def _frozen(team: Team, content: bytes | AsyncIterator[bytes], headers: dict[str, str]) -> str:
    draft = {"title": "Changes", "description": "All", "control_id": team.control, "provenance": PROVENANCE}
    key: str = done(await team.staff.post(f"/v1/engagements/{team.engagement}/populations", json=draft))["id"]
    path, params = f"/v1/populations/{key}/files", {"key_column": "Ticket", "day_column": "Closed"}
    answer = await team.staff.post(path, content=content, params=params, headers=headers, timeout=600)
    await _finished(team, answer)
    return key


async def _finished(team: Team, answer: httpx.Response) -> dict[str, Any]:
    done(answer)

    async def look() -> dict[str, Any] | None:
        job = done(await team.staff.get(answer.headers["Location"]))
        return job if job["finished_at"] else None

    job = await eventually(look, within=300, every=0.1)
    if job["state"] != "succeeded":
        raise RuntimeError(f"the job has {job['state']}: {job['problem']}")
    return job


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    days = [str(date(2026, 1, 1) + timedelta(days=day)) for day in range(181)]
    for number in range(count):
        people = f"person{number % 500}@example.com", f"person{number % 77}@example.com"
        text = f"Deployed release {number % 977} of service {number % 113}"
        yield f"CHG-{number:07}", f"{days[number % 181]}T12:00:00Z", f"team {number % 40}", text, *people


async def _lines(count: int) -> AsyncIterator[bytes]:
    lines = [",".join(_HEADINGS)]
    for row in _rows(count):
        lines.append(",".join(row))
        if len(lines) == _AT_ONCE:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
            await asyncio.sleep(0)
    yield ("\n".join(lines) + "\n").encode() if lines else b""


def _a_few() -> AsyncIterator[bytes]:
    return _lines(20_000)


def _workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([_HEADINGS, *_rows(SHEET_ROWS)]):
            sheet.write_row(number, 0, row)
    return out.getvalue()
