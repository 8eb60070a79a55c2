"""Reports over HTTP, with both parties: drafted, reviewed, approved, issued, downloaded, looked up, withdrawn."""

import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from deploy.firm import Firm
from shared.data.sessions import Database
from tests.audit.described import approved, complete
from tests.audit.given import TODAY, day, moved, planned, type1
from tests.audit.reported import a_test, judgements
from tests.support import Organisation, created, eventually, ok, problem

JOBS = "/v1/services/audit/jobs"
_SIGNED = [{"name": "Dana Duarte", "position": "Chief Executive Officer"}]
_ANY = {"If-Match": "*"}


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
        control = {
            "code": "AC-01",
            "text": "Access to production is reviewed every quarter.",
            "criteria": ["CC6.1"],
            "tests": [a_test()],
        }
        words = {
            "system": "Document Platform",
            "description_title": "Description of the Document Platform",
            "office": {"city": "Denver", "state": "Colorado"},
            "report_date": day(0),
            "criteria": [{"code": "CC6.1", "title": "Logical access safeguards protect information assets"}],
            "controls": [control],
            "judgements": judgements("soc2_type2"),
        }
        return {"examination": words | changes}

    async def drafted(self, **changes: Any) -> dict[str, Any]:
        """A report that the manager has drafted."""
        return created(await self.manager.post(f"{self.path}/audit-reports", json=self.words(**changes)))

    async def documented(self) -> None:
        """Have both parties record what a report needs before it is approved."""
        for kind in ("management_assertion", "representation_letter"):
            document = {"kind": kind, "title": kind, "dated_on": day(0), "signatories": _SIGNED}
            created(await self.org.manager.post(f"{self.path}/documents", json=document))
        inquiry = {"kind": "subsequent_events_inquiry", "title": "Inquiry", "dated_on": day(0), "signatories": _SIGNED}
        created(await self.partner.post(f"{self.path}/documents", json=inquiry))

    async def rendered(self, report: dict[str, Any]) -> dict[str, Any]:
        """The job that rendered the report."""
        answer = await self.manager.post(f"/v1/audit-reports/{report['id']}/renderings")
        assert answer.status_code == 202, answer.text

        async def done() -> dict[str, Any] | None:
            job = ok(await self.manager.get(f"{JOBS}/{answer.json()['id']}"))
            return dict(job) if job["finished_at"] else None

        return await eventually(done, every=0.1)

    async def approved(self) -> dict[str, Any]:
        """A report that is approved."""
        await self.documented()
        report = await self.drafted()
        path = f"/v1/audit-reports/{report['id']}"
        ok(await self.manager.post(f"{path}/management-reviews"))
        read = {"content_sha256": report["content_sha256"]}
        return dict(ok(await self.partner.post(f"{path}/approvals", json=read)))

    async def issued(self) -> dict[str, Any]:
        """A report that is issued."""
        report = await self.approved()
        await self.rendered(report)
        pdf = await downloaded(self.partner, report)
        read = {"sha256": hashlib.sha256(pdf).hexdigest()}
        return dict(ok(await self.partner.post(f"/v1/audit-reports/{report['id']}/issuances", json=read)))


async def downloaded(client: httpx.AsyncClient, report: dict[str, Any], form: str = "pdf") -> bytes:
    asked = {"form": form, "for_party": "Example Bank", "purpose": "Review.", "agrees_to_restricted_use": True}
    download = created(await client.post(f"/v1/audit-reports/{report['id']}/downloads", json=asked))
    answer = await client.get(f"/v1/report-downloads/{download['id']}/file")
    assert answer.status_code == 200, answer.text
    assert hashlib.sha256(answer.content).hexdigest() == download["sha256"]
    assert len(answer.content) == download["size"]
    return answer.content


@pytest.fixture
async def anybody(operator: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a token."""
    async with httpx.AsyncClient(base_url=operator.base_url, timeout=30) as client:
        yield client


@pytest.fixture
async def examined(org: Organisation, firm: Firm, database: Database) -> AsyncIterator[Examined]:
    engagement, draft = await complete(org, start=-60, end=-1)
    await approved(org, draft)
    scope = ok(await org.viewer.get(f"/v1/engagements/{engagement['id']}/scope"))["items"]
    phases = ("accepted", "planning", "fieldwork", "evaluation", "reporting")
    engagement = await moved(database, org, engagement, *phases, firm_id=firm.id)
    async with AsyncExitStack() as stack:
        people = []
        for person in ("partner", "manager", "staff"):
            await firm.assign(engagement["id"], person)
            people.append(await stack.enter_async_context(firm.acting(person, engagement["id"])))
        yield Examined(org, engagement, scope[0]["id"], *people)


async def test_a_report_is_drafted_reviewed_approved_rendered_and_issued(
    examined: Examined, other_org: Organisation, anybody: httpx.AsyncClient
) -> None:
    org, partner = examined.org, examined.partner
    await examined.documented()
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    assert (report["kind"], report["number"], report["status"]) == ("soc2_type2", 1, "draft")
    for client in (org.admin, org.manager, other_org.admin):
        problem(await client.get(path), 404, "not-found")
    ok(await examined.manager.post(f"{path}/management-reviews"))
    assert ok(await org.viewer.get(path))["status"] == "management_review"
    problem(await other_org.admin.get(path), 404, "not-found")
    content = ok(await org.viewer.get(f"{path}/content"))
    assert content["content"]["assertion"]["signatory"] == _SIGNED[0]
    assert (await examined.rendered(report))["state"] == "succeeded"
    assert b"DRAFT" in await downloaded(org.viewer, report, "html")
    read = {"content_sha256": report["content_sha256"]}
    done = ok(await partner.post(f"{path}/approvals", json=read))
    assert (done["status"], done["rendered"], done["approved_by"]["firm"]) == (
        "approved",
        False,
        done["approved_by"]["firm"],
    )
    await examined.rendered(report)
    pdf = await downloaded(partner, report)
    sha256 = hashlib.sha256(pdf).hexdigest()
    issued = ok(await partner.post(f"{path}/issuances", json={"sha256": sha256}))
    assert (issued["status"], issued["sha256"], issued["released_on"]) == ("issued", sha256, TODAY.isoformat())
    assert issued["current_until"][:4] == str(int(issued["covers_until"][:4]) + 1)
    assert await downloaded(org.viewer, report) == pdf
    signature = ok(await org.viewer.get(f"{path}/signature"))
    assert (signature["sha256"], signature["size"]) == (sha256, len(pdf))
    standing = ok(await anybody.get(f"/v1/reports/{sha256}"))
    assert standing["standing"] == "issued"
    assert org.id not in json.dumps(standing)
    problem(await anybody.get(f"/v1/reports/{'0' * 64}"), 404, "not-found")
    trail = ok(await org.admin.get("/v1/services/audit/trail", params={"subject": report["id"], "limit": 100}))["items"]
    told = [event["type"].rpartition(".")[2] for event in trail]
    assert "drafted" not in told
    assert told.count("issued") == 1


async def test_an_issued_report_is_withdrawn_and_whoever_asks_is_told(
    examined: Examined, anybody: httpx.AsyncClient
) -> None:
    issued = await examined.issued()
    path = f"/v1/audit-reports/{issued['id']}"
    problem(await examined.manager.post(f"{path}/withdrawals", json={"reason": "Wrong."}), 403, "forbidden")
    done = ok(await examined.partner.post(f"{path}/withdrawals", json={"reason": "Facts became known."}))
    assert (done["status"], done["end_reason"]) == ("withdrawn", "Facts became known.")
    standing = ok(await anybody.get(f"/v1/reports/{issued['sha256']}"))
    assert (standing["standing"], standing["ended_at"] is None) == ("withdrawn", False)
    asked = {"for_party": "Us", "purpose": "To read it.", "agrees_to_restricted_use": True}
    problem(await examined.org.viewer.post(f"{path}/downloads", json=asked), 409, "conflict")


async def test_a_revised_report_takes_the_place_of_the_issued_one(
    examined: Examined, anybody: httpx.AsyncClient
) -> None:
    first = await examined.issued()
    revises = {"report_id": first["id"], "reason": "A control was stated wrongly."}
    words = examined.words() | {"revises": revises}
    second = created(await examined.manager.post(f"{examined.path}/audit-reports", json=words))
    assert (second["number"], second["revises_id"]) == (2, first["id"])
    path = f"/v1/audit-reports/{second['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    ok(await examined.partner.post(f"{path}/approvals", json={"content_sha256": second["content_sha256"]}))
    await examined.rendered(second)
    sha256 = hashlib.sha256(await downloaded(examined.partner, second)).hexdigest()
    ok(await examined.partner.post(f"{path}/issuances", json={"sha256": sha256}))
    before = ok(await examined.org.viewer.get(f"/v1/audit-reports/{first['id']}"))
    assert (before["status"], before["end_reason"]) == ("superseded", "A control was stated wrongly.")
    assert ok(await anybody.get(f"/v1/reports/{first['sha256']}"))["standing"] == "superseded"
    assert ok(await anybody.get(f"/v1/reports/{sha256}"))["standing"] == "issued"


async def test_management_writes_no_report_and_staff_issues_none(examined: Examined) -> None:
    for client in (examined.org.admin, examined.org.manager, examined.staff):
        problem(await client.post(f"{examined.path}/audit-reports", json=examined.words()), 403, "forbidden")
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    read = {"content_sha256": report["content_sha256"]}
    problem(await examined.manager.post(f"{path}/approvals", json=read), 403, "forbidden")
    problem(await examined.org.admin.post(f"{path}/approvals", json=read), 403, "forbidden")


async def test_a_report_is_revised_and_taken_back(examined: Examined) -> None:
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    problem(await examined.manager.patch(path, json=examined.words()), 428, "precondition-required")
    revised = ok(await examined.manager.patch(path, json=examined.words(term="exception"), headers=_ANY))
    assert revised["content_sha256"] != report["content_sha256"]
    problem(await examined.manager.patch(path, json=examined.words(), headers={"If-Match": '"1"'}), 412, "stale")
    ok(await examined.manager.post(f"{path}/management-reviews"))
    problem(await examined.manager.patch(path, json=examined.words(), headers=_ANY), 409, "conflict")
    problem(await examined.manager.post(f"{path}/returns", json={}), 422, "invalid")
    back = ok(await examined.manager.post(f"{path}/returns", json={"reason": "A control is stated wrongly."}))
    assert (back["status"], back["released_at"]) == ("draft", None)
    problem(await examined.org.admin.get(path), 404, "not-found")
    trail = ok(await examined.org.admin.get("/v1/services/audit/trail", params={"subject": report["id"]}))["items"]
    assert [event["type"].rpartition(".")[2] for event in trail] == ["released", "taken_back"]


async def test_what_does_not_hold_together_is_refused_with_every_fault(examined: Examined) -> None:
    words = examined.words(judgements=judgements("soc2_type1"), responses=[{"control": "AC-01", "text": "Yes."}])
    answer = problem(await examined.manager.post(f"{examined.path}/audit-reports", json=words), 422, "invalid")
    pointers = {error["pointer"] for error in answer["errors"]}
    assert pointers == {"/examination/judgements", "/examination/responses/0/control"}
    audit = {"assessment": {"target": "SOC 2", "basis": "Interviews."}}
    wrong = problem(await examined.manager.post(f"{examined.path}/audit-reports", json=audit), 422, "invalid")
    assert wrong["errors"][0]["pointer"] == "/examination"
    problem(await examined.manager.post(f"{examined.path}/audit-reports", json={}), 422, "invalid")


async def test_an_approval_needs_what_is_signed_and_what_was_read(examined: Examined) -> None:
    report = await examined.drafted(report_date=None)
    path = f"/v1/audit-reports/{report['id']}"
    read = {"content_sha256": report["content_sha256"]}
    problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "conflict")
    ok(await examined.manager.post(f"{path}/management-reviews"))
    other = {"content_sha256": "0" * 64}
    problem(await examined.partner.post(f"{path}/approvals", json=other), 409, "report-stale")
    answer = problem(await examined.partner.post(f"{path}/approvals", json=read), 422, "invalid")
    assert {error["pointer"] for error in answer["errors"]} == {"/report_date", "/assertion"}


async def test_an_approval_waits_for_the_gates_and_for_what_changed_since(examined: Examined) -> None:
    document = {"kind": "management_assertion", "title": "Assertion", "dated_on": day(0), "signatories": _SIGNED}
    created(await examined.org.manager.post(f"{examined.path}/documents", json=document))
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}"
    ok(await examined.manager.post(f"{path}/management-reviews"))
    read = {"content_sha256": report["content_sha256"]}
    answer = problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "gates-open")
    assert len(answer["errors"]) == 2
    signed = document | {"signatories": [{"name": "Kim King", "position": "Chair"}]}
    created(await examined.org.manager.post(f"{examined.path}/documents", json=signed))
    problem(await examined.partner.post(f"{path}/approvals", json=read), 409, "report-stale")


async def test_only_the_approved_pdf_is_issued(examined: Examined) -> None:
    report = await examined.approved()
    path = f"/v1/audit-reports/{report['id']}/issuances"
    problem(await examined.partner.post(path, json={"sha256": "0" * 64}), 409, "not-rendered")
    await examined.rendered(report)
    problem(await examined.partner.post(path, json={"sha256": "0" * 64}), 409, "another-pdf")
    problem(await examined.manager.post(path, json={"sha256": "0" * 64}), 403, "forbidden")
    problem(await examined.org.viewer.get(f"/v1/audit-reports/{report['id']}/signature"), 404, "not-found")


async def test_a_soc_3_is_a_second_report_of_a_type_2_and_of_nothing_else(
    examined: Examined, org: Organisation, firm: Firm, database: Database
) -> None:
    words = examined.words() | {"soc3": True}
    report = created(await examined.manager.post(f"{examined.path}/audit-reports", json=words))
    assert (report["kind"], report["number"]) == ("soc3", 1)
    engagement = await planned(org, type1(-1), uuid.uuid4())
    await moved(database, org, engagement, "accepted", "planning", "fieldwork", firm_id=firm.id)
    await firm.assign(engagement["id"], "manager")
    async with firm.acting("manager", engagement["id"]) as manager:
        path = f"/v1/engagements/{engagement['id']}/audit-reports"
        problem(await manager.post(path, json=words), 409, "no-such-report")
        problem(await manager.post(path, json=examined.words()), 409, "description-not-approved")
        problem(await manager.get(f"/v1/audit-reports/{report['id']}"), 404, "not-found")
        problem(await manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"), 404, "not-found")


async def test_warnings_name_words_that_readers_object_to(examined: Examined) -> None:
    test = a_test() | {"procedures": [{"kind": "inspection", "text": "Inspected that the scan passed."}]}
    control = examined.words()["examination"]["controls"][0] | {"tests": [test]}
    report = await examined.drafted(controls=[control])
    assert report["warnings"] == [
        "The test of AC-01 says passed, which a report on a SOC examination does not say of itself."
    ]


async def test_a_character_that_cannot_be_printed_fails_the_job_and_is_named(examined: Examined) -> None:
    report = await examined.drafted(system="ドキュメント")
    job = await examined.rendered(report)
    assert (job["state"], job["problem"]["type"].rpartition("/")[2]) == ("failed", "cannot-be-printed")
    assert ok(await examined.manager.get(f"/v1/audit-reports/{report['id']}"))["rendered"] is False


async def test_a_download_is_on_record_and_for_one_person(examined: Examined) -> None:
    report = await examined.drafted()
    path = f"/v1/audit-reports/{report['id']}/downloads"
    asked = {"for_party": "Us", "purpose": "To read it.", "agrees_to_restricted_use": True}
    problem(await examined.manager.post(path, json=asked), 409, "not-rendered")
    await examined.rendered(report)
    problem(await examined.org.admin.post(path, json=asked), 404, "not-found")
    ok(await examined.manager.post(f"/v1/audit-reports/{report['id']}/management-reviews"))
    await examined.rendered(report)
    without = asked | {"agrees_to_restricted_use": False}
    problem(await examined.org.viewer.post(path, json=without), 422, "invalid")
    download = created(await examined.org.viewer.post(path, json=asked))
    file = f"/v1/report-downloads/{download['id']}/file"
    problem(await examined.org.admin.get(file), 404, "not-found")
    answer = await examined.org.viewer.get(file)
    assert answer.headers["content-disposition"].endswith('.pdf"')
    assert answer.headers["cache-control"] == "private, no-store"
    for client in (examined.org.viewer, examined.manager):
        listed = ok(await client.get("/v1/report-downloads", params={"report_id": report["id"]}))["items"]
        assert [each["id"] for each in listed] == [download["id"]]
    await examined.rendered(report)
    for form in ("docx", "html", "json"):
        assert await downloaded(examined.org.viewer, report, form)
