"""Fieldwork of a Type 2 as the firm's staff does it: requests with answers, populations, samples, and papers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from deploy.client import done, eventually
from deploy.examination import Examination, side_by_side
from tests.journeys import clients

_CSV = {"Content-Type": "text/csv"}
_TRACED = [
    {"procedure": "inspect_query", "result": "The query has no filter but the period."},
    {"procedure": "trace_to_system", "items": 5, "result": "All 5 are in the system as listed."},
    {"procedure": "trace_from_system", "items": 5, "result": "All 5 are in the list."},
]
_RELIABLE = {"reliable": True, "procedures": _TRACED, "conclusion": "Complete and accurate for the period."}
_ATTRIBUTES = [{"code": "A", "title": "The control was performed as described"}]
_REASONS = {
    "observation": "The control is performed once or twice in the period; each performance was inspected.",
    "configuration": "One instance: the same configuration treats every case alike, and was not changed in the period.",
    "no_occurrence": "No media with customer data were disposed of in the period.",
}
_HEADINGS = ["engagement", "paper", "version", "edition", "item", "place", "key"]
_HEADINGS += ["outcome", "A result", "reason", "A marks", "evidence"]
LATE = "Removed on the fourth business day after the last day of work."
EFFECTIVE = {"operation": "operated_effectively", "suitably_designed": True}


@dataclass(slots=True)
class Fieldwork:
    """The work of the firm on the controls of a matrix; `rows` are those of the matrix, by the control's code."""

    examination: Examination
    rows: dict[str, dict[str, str]]
    definitions: dict[str, dict[str, Any]]
    good: dict[str, Any] = field(default_factory=lambda: EFFECTIVE)
    evidence: dict[str, Any] = field(default_factory=dict)
    samples: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def staff(self) -> httpx.AsyncClient:
        return self.examination.staff

    @property
    def controls(self) -> dict[str, str]:
        """The ids of the controls by their codes."""
        return {code: definition["control_id"] for code, definition in self.definitions.items()}

    @property
    def sampled(self) -> list[str]:
        return [code for code, row in self.rows.items() if row["extent"] == "sample"]

    async def sample(self, sizes: dict[str, dict[str, Any]]) -> None:
        """Freeze a population of each control that is sampled, find it reliable, draw from it and release the sample.

        `sizes` say how many rows a population has and, where the firm's policy does not, how large the sample is.
        """
        drawn = await side_by_side(self._drawn(code, **sizes.get(code, {})) for code in self.sampled)
        self.samples = dict(zip(self.sampled, drawn, strict=True))

    async def ask(self, **evidence: str) -> int:
        """Ask for evidence of all controls, a line an item of each sample; the client answers, and the firm accepts.

        `evidence` is when it was collected, and the time that it covers. How many requests there were.
        """
        beside = [self.controls[code] for code in self.rows if code not in self.samples]
        of_controls: dict[str, Any] = {
            "source": "controls",
            "control_ids": beside,
            "title": "{code}: evidence of operation",
            "text": "What shows that '{title}' was operated in the period.",
        }
        compilations = [of_controls, *(_of_sample(code, self.samples[code]) for code in self.samples)]
        drafted = [await self._compiled(each) for each in compilations]
        ids = [request for each in drafted for request in each]
        due = (datetime.now(UTC).date() + timedelta(days=14)).isoformat()
        done(await self.staff.post("/v1/requests/releases/batch", json={"request_ids": ids, "due_on": due}))
        collections = await self._collections(ids)
        title, org = "Exports of the ticket system, and minutes", self.examination.org
        self.evidence = await clients.evidence(org, title, collection_ids=collections, **evidence)
        await self._until("submitted", len(ids))
        for each in ids:
            await self._posted(f"/v1/requests/{each}/acceptances")
        return len(ids)

    async def test(self, deviating: set[str]) -> dict[str, dict[str, Any]]:
        """A paper for each control, prepared by staff and reviewed by the manager; by the control's code.

        Of those in `deviating` one item deviates; they are left in progress.
        """
        papers = {code: await self._tested(code, deviates=code in deviating) for code in self.rows}
        for code, paper in papers.items():
            if code not in deviating:
                await self.examination.sign(paper, self._result(code))
        return papers

    async def items(self, code: str, status: str | None = None) -> list[dict[str, Any]]:
        """The items of the sample of a control."""
        params = {"sample_id": self.samples[code]["id"], "limit": "200"} | ({"status": status} if status else {})
        return list(done(await self.staff.get("/v1/sample-items", params=params))["items"])

    def _result(self, code: str) -> dict[str, Any]:
        if self.rows[code]["extent"] != "no_occurrence":
            return self.good
        return {"operation": "no_occurrence", "suitably_designed": True, "reason": _REASONS["no_occurrence"]}

    async def _drawn(self, code: str, rows: int = 20, **size: Any) -> dict[str, Any]:
        row = self.rows[code]
        draft = {
            "control_id": self.controls[code],
            "title": row["population"],
            "description": f"Every item of the kind: {row['items']}.",
            "provenance": {
                "kind": "custom_query",
                "source_system": "Ticket system",
                "query": f"type = '{row['items']}'",
                "parameters": "2025-07-01 to 2025-12-31",
                "run_by": "Dana",
                "run_at": "2026-01-05T09:00:00Z",
                "time_zone": "America/Denver",
                "rows_in_system": rows,
            },
        }
        asked = done(await self.staff.post(f"{self.examination.path}/populations", json=draft))
        path = f"/v1/populations/{asked['id']}"
        named = {"key_column": "No.", "day_column": "Day"}
        given = await self.staff.post(f"{path}/files", content=_listed(code, rows), params=named, headers=_CSV)
        await self.examination.finished(self.staff, given)
        done(await self.examination.manager.post(f"{path}/reliability-conclusions", json=_RELIABLE))
        design = size or {"by_policy": {"frequency": "on_event", "risk": "low"}}
        designed = {"population_id": asked["id"], "title": row["population"], "method": "random", **design}
        sample = done(await self.staff.post("/v1/samples", json=designed | {"attributes": _ATTRIBUTES}))
        path = f"/v1/samples/{sample['id']}"
        await self.examination.finished(self.staff, await self.staff.post(f"{path}/draws", json={}))
        return await self._posted(f"{path}/releases")

    async def _collections(self, requests: Sequence[str]) -> list[str]:
        """What a control owner of the client is asked to collect for these requests, once it is there."""
        owner = self.examination.org.owner

        async def open_() -> list[str] | None:
            found = done(await owner.get("/v1/collections", params={"limit": "200"}))["items"]
            ids = [each["id"] for each in found if each["request_id"] in requests]
            return ids if len(ids) == len(requests) else None

        return await eventually(open_)

    async def _until(self, status: str, count: int) -> None:
        """Wait until so many requests have a status."""

        async def reached() -> bool:
            found = done(await self.staff.get("/v1/requests", params={"status": status, "limit": "200"}))["items"]
            return len(found) == count

        await eventually(reached)

    async def _compiled(self, compilation: dict[str, Any]) -> list[str]:
        answer = await self.staff.post("/v1/request-compilations", json=compilation)
        return [*done(answer)["request_ids"]]

    async def _tested(self, code: str, *, deviates: bool) -> dict[str, Any]:
        row, extent = self.rows[code], {"kind": self.rows[code]["extent"]}
        if code in self.samples:
            extent["sample_id"] = self.samples[code]["id"]
        else:
            extent["reason"] = _REASONS[row["extent"]]
        kinds = {"inspected": "inspection", "observed": "observation", "inquired": "inquiry"}
        procedures = [
            {"kind": kinds[said.strip().partition(" ")[0].rstrip(",").lower()], "text": f"{said.strip().rstrip('.')}."}
            for said in row["procedure"].split(";")
        ]
        for procedure in procedures:
            procedure["text"] = procedure["text"][0].upper() + procedure["text"][1:]
        now = datetime.now(UTC).isoformat()
        reference = {
            "label": "E1",
            "evidence_item_id": self.evidence["id"],
            "collected_at": self.evidence["collected_at"],
        }
        paper = await self.examination.paper(
            self.definitions[code]["id"],
            row["title"],
            procedures,
            extent=extent,
            evidence=[reference],
            legend=[{"mark": "✓", "meaning": "Agreed to the record"}],
            executed_at=now,
            work="Done as the procedures say; what was seen is in the evidence that is cited.",
        )
        if code in self.samples:
            await self._tested_items(code, paper, deviates=deviates)
            await self._posted(f"/v1/samples/{self.samples[code]['id']}/evaluations")
        return paper

    async def _tested_items(self, code: str, paper: dict[str, Any], *, deviates: bool) -> None:
        """Take in the sheet of a paper, on which staff worked offline; the first item deviates, or none does."""
        same = [self.examination.id, paper["id"], str(paper["version"]), str(paper["edition"])]
        rows = [_HEADINGS]
        for item in await self.items(code):
            failed = deviates and item["place"] == 1
            said = ["deviation", "deviates", LATE] if failed else ["passed", "meets", ""]
            rows.append([*same, item["id"], str(item["place"]), item["key"], *said, "✓", "E1"])
        sheet = clients.sheet(*rows)
        done(await self.staff.post(f"/v1/papers/{paper['id']}/sheets", content=sheet, headers=_CSV))

    async def _posted(self, path: str) -> dict[str, Any]:
        return done(await self.staff.post(path, json={}))


def _of_sample(code: str, sample: dict[str, Any]) -> dict[str, str]:
    title, text = f"{code}: records of the selected items", "For each item the record that shows the control."
    return {"source": "sample", "sample_id": sample["id"], "title": title, "text": text}


def _listed(code: str, rows: int) -> bytes:
    """A list of so many items, spread over the second half of 2025."""
    begins, days = date(2025, 7, 1), 184
    lines = [f"{code}-{number:04},{begins + timedelta(days=number * days // rows)}" for number in range(rows)]
    return "\n".join(["No.,Day", *lines]).encode()
