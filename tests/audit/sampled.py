"""What the tests of populations and samples begin with: a firm's team in an engagement of a client."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.firm import Firm
from deploy.local.stack import Stack
from tests.audit.frames import changes, csv_of
from tests.audit.given import planned, type2
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, ok

SEED = "5eed-2026-07-31"
TYPED = {"seed": SEED, "seed_source": "Ten rolls of a die"}
JOBS = "/v1/services/audit/jobs"
CSV = {"Content-Type": "text/csv"}
PROVENANCE = {
    "kind": "custom_query",
    "source_system": "Jira",
    "query": "project = CHG AND status = Deployed",
    "run_by": "Dana Duarte",
    "run_at": "2026-07-01T08:00:00Z",
    "time_zone": "Europe/Berlin",
}
TRACED = [
    {"procedure": "trace_to_system", "items": 25, "result": "All 25 are in Jira as listed."},
    {"procedure": "trace_from_system", "items": 25, "result": "All 25 are in the list."},
]
RELIABLE = {"reliable": True, "procedures": TRACED, "conclusion": "Complete and accurate for the period."}


@dataclass(slots=True)
class Team:
    """A team of three in an engagement over the first half of 2026, with one control in its scope."""

    org: Organisation
    firm: Firm
    engagement: str
    control: str
    manager: httpx.AsyncClient
    staff: httpx.AsyncClient
    quality: httpx.AsyncClient

    @classmethod
    async def of(cls, org: Organisation, firm: Firm) -> "Team":
        control = uuid.uuid4()
        draft = type2(firm_id=firm.id, period_start="2026-01-01", period_end="2026-06-30")
        engagement = (await planned(org, draft, control))["id"]
        await firm.accept(org.manager, engagement, "partner", "manager", "staff", "quality")
        acting = {name: firm.acting(name, engagement) for name in ("manager", "staff", "quality")}
        return cls(org, firm, engagement, str(control), **acting)

    async def close(self) -> None:
        for acting in (self.manager, self.staff, self.quality):
            await acting.aclose()

    async def asked(self, **draft: Any) -> dict[str, Any]:
        """A population that staff asked for."""
        title = f"Changes {uuid.uuid4()}"
        body: dict[str, Any] = {
            "title": title,
            "description": "Every change",
            "control_id": self.control,
            "provenance": PROVENANCE,
        }
        body |= draft
        return created(await self.staff.post(f"/v1/engagements/{self.engagement}/populations", json=body))

    async def given(
        self, population: dict[str, Any], content: bytes, headers: dict[str, str] = CSV, **query: str
    ) -> dict[str, Any]:
        """The job that read a file of a population, once it has finished."""
        named = {"key_column": "Ticket", "day_column": "Closed"} | query
        path = f"/v1/populations/{population['id']}/files"
        params = {name: value for name, value in named.items() if value}
        return await self.finished(await self.staff.post(path, content=content, params=params, headers=headers))

    async def finished(self, answer: httpx.Response) -> dict[str, Any]:
        """The job of a 202, once it has finished."""
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        path = answer.headers["Location"]
        assert path == f"{JOBS}/{answer.json()['id']}"

        async def look() -> dict[str, Any] | None:
            job = ok(await self.staff.get(path))
            return job if job["finished_at"] else None

        return await eventually(look, every=0.1)

    async def frozen(self, rows: Sequence[Sequence[Any]], **draft: Any) -> dict[str, Any]:
        """A population of these rows, frozen by staff."""
        population = await self.asked(**draft)
        job = await self.given(population, csv_of(rows))
        assert job["state"] == "succeeded", job["problem"]
        return ok(await self.staff.get(job["location"]))

    async def reliable(self, rows: Sequence[Sequence[Any]] | None = None, **draft: Any) -> dict[str, Any]:
        """A population that the manager found reliable; of ten changes unless rows are given."""
        population = await self.frozen(rows or changes(10), **draft)
        path = f"/v1/populations/{population['id']}/reliability-conclusions"
        return ok(await self.manager.post(path, json=RELIABLE))

    async def designed(self, population: dict[str, Any], **draft: Any) -> dict[str, Any]:
        """A random sample of five items unless the draft says otherwise."""
        body = {"population_id": population["id"], "title": "Approval", "method": "random"}
        if not draft.keys() & {"by_policy", "by_attributes", "size"}:
            draft |= {"size": 5}
        if "size" in draft:
            body |= {"size_reason": "Other tests of the control give most of the evidence."}
        return created(await self.staff.post("/v1/samples", json=body | draft))

    async def drawn(self, population: dict[str, Any], **draft: Any) -> dict[str, Any]:
        """A sample that was drawn with the seed of the tests."""
        sample = await self.designed(population, **draft)
        body = {} if "picks" in draft else TYPED
        job = await self.finished(await self.staff.post(f"/v1/samples/{sample['id']}/draws", json=body))
        assert job["state"] == "succeeded", job["problem"]
        return ok(await self.staff.get(job["location"]))

    async def released(self, population: dict[str, Any], **draft: Any) -> dict[str, Any]:
        """A sample whose items may be tested."""
        sample = await self.drawn(population, **draft)
        return ok(await self.staff.post(f"/v1/samples/{sample['id']}/releases"))

    async def items(self, sample: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        """The items of a sample, in the order of the draw."""
        params = {"sample_id": sample["id"], "limit": "200", **query}
        return list(ok(await self.staff.get("/v1/sample-items", params=params))["items"])

    async def decided(self, item: dict[str, Any], status: str = "passed", **decision: Any) -> dict[str, Any]:
        """An item after staff decided it."""
        reason = {} if status == "passed" else {"reason": "Approved after it was deployed."}
        body = {"status": status, **reason, **decision}
        return ok(await self.staff.post(f"/v1/sample-items/{item['id']}/decisions", json=body))


_WAITING = """
    insert into jobs (id, org_id, kind, input, path, request_id, started_by, state, progress, attempt, due_at, version,
                      created_at, updated_at)
    select gen_random_uuid(), $1, 'sample-draw', '{}', '/v1/samples', 'waiting', '{}', 'queued', 0, 0,
           now() + interval '1 day', 1, now(), now()
    from generate_series(1, $2)
"""


@asynccontextmanager
async def jobs_waiting(stack: Stack, org_id: str, count: int = 20) -> AsyncIterator[None]:
    """Jobs of an organisation that no worker takes, nor those behind them; as many as may be unfinished."""
    async with superuser(stack, "audit") as connection:
        await connection.execute(_WAITING, uuid.UUID(org_id), count)
        yield
        await connection.execute("delete from jobs where org_id = $1 and request_id = 'waiting'", uuid.UUID(org_id))


def keys(items: Sequence[dict[str, Any]]) -> list[str]:
    return [item["key"] for item in items]
