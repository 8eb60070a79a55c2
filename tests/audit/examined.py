"""An engagement in reporting with both of its parties, as the tests of reports begin."""

import hashlib
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.described import approved, complete
from tests.audit.given import day, moved
from tests.audit.judged import opined
from tests.audit.papered import EFFECTIVE, EXECUTED, INSPECTION, OBSERVED, reference
from tests.audit.test_scoped_definitions import definition, noted
from tests.support import Organisation, created, eventually, ok

JOBS = "/v1/services/audit/jobs"
SIGNED = [{"name": "Dana Duarte", "position": "Chief Executive Officer"}]


@dataclass
class Examined:
    """An engagement in reporting with an approved description, and the people of the firm with tokens for it."""

    org: Organisation
    engagement: dict[str, Any]
    control: str
    partner: httpx.AsyncClient
    manager: httpx.AsyncClient
    staff: httpx.AsyncClient

    @property
    def path(self) -> str:
        return f"/v1/engagements/{self.engagement['id']}"

    def words(self, **changes: Any) -> dict[str, Any]:
        """What the firm says in the report."""
        words = {
            "system": "Document Platform",
            "description_title": "Description of the Document Platform",
            "report_date": day(0),
            "criteria": [{"code": "CC6.2", "title": "Users are registered and authorized before access"}],
        }
        return {"examination": words | changes}

    async def drafted(self, **changes: Any) -> dict[str, Any]:
        """A report that the manager has drafted."""
        return created(await self.manager.post(f"{self.path}/audit-reports", json=self.words(**changes)))

    async def tested(self) -> None:
        """Have staff test the control on a paper, which the manager reviews."""
        (definition,) = ok(await self.staff.get(f"{self.path}/control-definitions"))["items"]
        draft = {"definition_id": definition["id"], "title": "Access review", "procedures": [INSPECTION]}
        paper = created(await self.staff.post(f"{self.path}/papers", json=draft))
        path = f"/v1/papers/{paper['id']}"
        done = {"extent": OBSERVED, "executed_at": EXECUTED, "evidence": [reference()], "work": "Seen."}
        ok(await self.staff.patch(path, json=done, headers={"If-Match": "*"}))
        ok(await self.staff.post(f"{path}/results", json=EFFECTIVE))
        ok(await self.staff.post(f"{path}/preparations"))
        ok(await self.manager.post(f"{path}/reviews"))

    async def documented(self) -> None:
        """Have both parties record what a report needs before it is approved."""
        for kind in ("management_assertion", "representation_letter"):
            document = {"kind": kind, "title": kind, "dated_on": day(0), "signatories": SIGNED}
            created(await self.org.manager.post(f"{self.path}/documents", json=document))
        inquiry = {"kind": "subsequent_events_inquiry", "title": "Inquiry", "dated_on": day(0), "signatories": SIGNED}
        created(await self.partner.post(f"{self.path}/documents", json=inquiry))

    async def rendered(self, report: dict[str, Any]) -> dict[str, Any]:
        """The job that rendered the report."""
        answer = await self.manager.post(f"/v1/audit-reports/{report['id']}/renderings")
        assert answer.status_code == 202, answer.text

        async def done() -> dict[str, Any] | None:
            job = ok(await self.manager.get(f"{JOBS}/{answer.json()['id']}"))
            return dict(job) if job["finished_at"] else None

        return await eventually(done, every=0.1, within=120)

    async def approved(self, *, documented: bool = False) -> dict[str, Any]:
        """A report that is approved."""
        if not documented:
            await self.documented()
        report = await self.drafted()
        path = f"/v1/audit-reports/{report['id']}"
        ok(await self.manager.post(f"{path}/management-reviews"))
        read = {"content_sha256": report["content_sha256"]}
        return dict(ok(await self.partner.post(f"{path}/approvals", json=read)))

    async def issued(self, *, documented: bool = False) -> dict[str, Any]:
        """A report that is issued."""
        report = await self.approved(documented=documented)
        await self.rendered(report)
        pdf = await downloaded(self.partner, report)
        read = {"sha256": hashlib.sha256(pdf).hexdigest()}
        return dict(ok(await self.partner.post(f"/v1/audit-reports/{report['id']}/issuances", json=read)))


@asynccontextmanager
async def examining(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Examined]:
    """An engagement that is in reporting, with the people of the firm who have tokens for it."""
    engagement, draft = await complete(org, start=-60, end=-1)
    await approved(org, draft)
    scope = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/scope"))["items"]
    await noted(database, org, definition(uuid.UUID(scope[0]["id"]), 1, -400))
    engagement = await moved(database, org, engagement, "accepted", "planning", "fieldwork", firm_id=firm.id)
    async with AsyncExitStack() as stack:
        people = []
        for person in ("partner", "manager", "staff"):
            await firm.assign(engagement["id"], person)
            people.append(await stack.enter_async_context(firm.acting(person, engagement["id"])))
        found = Examined(org, engagement, scope[0]["id"], *people)
        await found.tested()
        await moved(database, org, engagement, "evaluation", "reporting")
        await opined(database, firm.id, engagement["id"])
        yield found


async def downloaded(client: httpx.AsyncClient, report: dict[str, Any], form: str = "pdf") -> bytes:
    asked = {"form": form, "for_party": "Example Bank", "purpose": "Review.", "agrees_to_restricted_use": True}
    download = created(await client.post(f"/v1/audit-reports/{report['id']}/downloads", json=asked))
    answer = await client.get(f"/v1/report-downloads/{download['id']}/file")
    assert answer.status_code == 200, answer.text
    assert hashlib.sha256(answer.content).hexdigest() == download["sha256"]
    assert len(answer.content) == download["size"]
    return answer.content
