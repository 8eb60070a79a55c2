"""What the tests of papers begin with: a team in fieldwork, whose controls have an approved definition."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.frames import changes
from tests.audit.given import NOW, moved, planned, type2
from tests.audit.sampled import Team
from tests.audit.test_scoped_definitions import definition, noted
from tests.support import Organisation, created, ok

COLLECTED = (NOW - timedelta(days=2)).isoformat()
EXECUTED = (NOW - timedelta(days=1)).isoformat()
INSPECTION = {"kind": "inspection", "text": "Inspected the ticket of each change for its approval."}
INQUIRY = {"kind": "inquiry", "text": "Asked the head of engineering how changes are approved."}
EFFECTIVE = {"operation": "operated_effectively", "suitably_designed": True}
WITH_DEVIATIONS = {
    "operation": "operated_with_deviations",
    "suitably_designed": True,
    "reason": "One of five, isolated, and found by the next control.",
}
OBSERVED = {"kind": "observation", "reason": "Only its performance shows how it works."}
NATURE = {"kind": "operation", "nature": "The change was deployed before it was approved."}
ATTRIBUTES = [{"code": "A", "title": "Approved before deployment"}, {"code": "B", "title": "Tested"}]


def reference(label: str = "E1", **more: Any) -> dict[str, Any]:
    """A place in an item of evidence."""
    return {"label": label, "evidence_item_id": str(uuid.uuid4()), "collected_at": COLLECTED, "page": 2, **more}


@dataclass(slots=True)
class Papers:
    """The team of a firm in an engagement, with the definitions of the controls in its scope."""

    team: Team
    definitions: list[str]
    partner: httpx.AsyncClient

    @property
    def staff(self) -> httpx.AsyncClient:
        return self.team.staff

    @property
    def manager(self) -> httpx.AsyncClient:
        return self.team.manager

    @property
    def path(self) -> str:
        return f"/v1/engagements/{self.team.engagement}"

    async def planned(self, number: int = 0, *procedures: dict[str, Any], **draft: Any) -> dict[str, Any]:
        """A paper on the definition of a control."""
        body = {
            "definition_id": self.definitions[number],
            "title": "Approval",
            "procedures": procedures or [INSPECTION],
        }
        return created(await self.staff.post(f"{self.path}/papers", json=body | draft))

    async def revised(self, paper: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The paper after staff changed it, whatever its version."""
        return ok(await self.staff.patch(f"/v1/papers/{paper['id']}", json=changes, headers={"If-Match": "*"}))

    async def done(self, number: int = 0, result: dict[str, Any] = EFFECTIVE, **changes: Any) -> dict[str, Any]:
        """A paper without a sample, with all that it needs before it is signed."""
        paper = await self.planned(number)
        all_of_it = {"extent": OBSERVED, "executed_at": EXECUTED, "evidence": [reference()], "work": "Seen."}
        await self.revised(paper, **all_of_it | changes)
        return ok(await self.staff.post(f"/v1/papers/{paper['id']}/results", json=result))

    async def prepared(self, paper: dict[str, Any]) -> dict[str, Any]:
        return ok(await self.staff.post(f"/v1/papers/{paper['id']}/preparations"))

    async def reviewed(self, paper: dict[str, Any]) -> dict[str, Any]:
        """A paper that staff prepared and the manager reviewed."""
        await self.prepared(paper)
        return ok(await self.manager.post(f"/v1/papers/{paper['id']}/reviews"))

    async def sampled(self, size: int = 5, **draft: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A paper on a sample of the first control, and the items of the sample."""
        population = await self.team.reliable(changes(10))
        sample = await self.team.released(population, size=size, attributes=ATTRIBUTES)
        paper = await self.planned(**draft)
        legend = [{"mark": "✓", "meaning": "Agreed to the ticket"}]
        given = {"evidence": [reference()], "legend": legend, "executed_at": EXECUTED, "work": "Each ticket was read."}
        paper = await self.revised(paper, extent={"kind": "sample", "sample_id": sample["id"]}, **given)
        return paper, await self.team.items(sample)

    async def tests(self, paper: dict[str, Any], item: dict[str, Any], *deviating: str) -> httpx.Response:
        """The answer to testing an item, of which these attributes deviate."""
        attributes = [
            {"code": code, "result": "deviates" if code in deviating else "meets", "tick_marks": ["✓"]} for code in "AB"
        ]
        body = {"outcome": "deviation" if deviating else "passed", "attributes": attributes, "evidence": ["E1"]}
        body |= {"reason": "Approved after it was deployed."} if deviating else {}
        return await self.staff.put(f"/v1/papers/{paper['id']}/items/{item['id']}/test", json=body)

    async def deviates(self, paper: dict[str, Any], *items: dict[str, Any], **draft: Any) -> dict[str, Any]:
        """A deviation that staff recorded."""
        body = NATURE | {"sample_item_ids": [item["id"] for item in items]} | draft
        return created(await self.staff.post(f"/v1/papers/{paper['id']}/deviations", json=body))


@asynccontextmanager
async def papers_of(
    org: Organisation, firm: Firm, database: Database, *, phase: str = "fieldwork", controls: int = 3, **changes: Any
) -> AsyncIterator[Papers]:
    """A team in an engagement with so many controls, each with one approved definition."""
    ids = [uuid.uuid4() for _ in range(controls)]
    draft = type2(firm_id=firm.id) | {"period_start": "2026-01-01", "period_end": "2026-06-30"} | changes
    engagement = await planned(org, {name: value for name, value in draft.items() if value is not None}, *ids)
    heard = [definition(control, 1, -1500) for control in ids]
    await noted(database, org, *heard)
    await firm.accept(org.manager, engagement["id"], "partner", "manager", "staff", "quality")
    await moved(database, org, engagement, phase)
    people = {name: firm.acting(name, engagement["id"]) for name in ("manager", "staff", "quality", "partner")}
    team = Team(org, firm, engagement["id"], str(ids[0]), people["manager"], people["staff"], people["quality"])
    try:
        yield Papers(team, [str(each.subject) for each in heard], people["partner"])
    finally:
        for acting in people.values():
            await acting.aclose()
