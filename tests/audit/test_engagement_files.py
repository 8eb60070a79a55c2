"""Engagement files: assembled at completion, verified offline, added to and kept, and disposed of by two people."""

import base64
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from attest.__main__ import verified
from attest.findings import Broken, Trust
from deploy.firm import Firm
from services.audit.filing.engagement_files.models import EngagementFile
from shared.data.base import table_of
from shared.data.sessions import Database
from tests.audit.examined import Examined
from tests.audit.given import TODAY, day
from tests.support import Organisation, created, eventually, ok, problem

ADDED = {
    "title": "Confirmation of the hosting provider",
    "text": "The confirmation that was asked for in June came in after the file was complete.",
    "reason": "It existed at the date of the report, and was delivered later.",
}
HELD = {"matter": "Doe v. Example Corp.", "reason": "Counsel asked for it."}


@pytest.fixture
async def keeper(examined: Examined, partner: httpx.AsyncClient) -> dict[str, Any]:
    """The file of an engagement whose report is issued and whose partner has completed it."""
    await examined.issued()
    ok(await examined.partner.post(f"{examined.path}/phases", json={"phase": "completed"}))
    return await assembled(partner, examined.engagement["id"])


@pytest.fixture
async def partner(firm: Firm) -> AsyncIterator[httpx.AsyncClient]:
    """The partner by their own sign-in at the firm, with no token for the engagement."""
    async with firm.acting("partner") as acting:
        yield acting


async def assembled(partner: httpx.AsyncClient, engagement: str) -> dict[str, Any]:
    async def done() -> dict[str, Any] | None:
        listed = ok(await partner.get("/v1/engagement-files", params={"engagement_id": engagement}))["items"]
        return dict(listed[0]) if listed and listed[0]["status"] == "assembled" else None

    return await eventually(done, every=0.5, within=60)


async def test_the_file_is_verified_offline_and_added_to(
    examined: Examined, keeper: dict[str, Any], partner: httpx.AsyncClient, anybody: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = f"/v1/engagement-files/{keeper['id']}"
    archive = tmp_path / "file.zip"
    archive.write_bytes((await partner.get(f"{path}/archive")).content)
    (key,) = [each["kid"] for each in ok(await anybody.get("/.well-known/attest-report-keys.json"))["keys"]]
    lines = verified(archive, Trust(frozenset({key}))).lines
    assert any("records in" in line for line in lines)
    with zipfile.ZipFile(archive) as opened:
        (paper,) = [json.loads(line) for line in opened.read("records/papers.ndjson").splitlines()]
        assert (paper["control_code"], paper["status"]) == ("AC-01", "reviewed")
        trail = [json.loads(line) for line in opened.read("trail.ndjson").splitlines()]
        types = {each["type"] for each in trail}
        assert {"audit.engagement.moved", "audit.paper.reviewed", "audit.audit_report.issued"} <= types
        assert not {each for each in types if "milestone" in each or "cost_entry" in each}
        assert b"Inspected the ticket" in opened.read("files/papers.html")
        assert opened.read("files/reports/soc2_type2-1.pdf").startswith(b"%PDF")
        altered = {name: opened.read(name) for name in opened.namelist()}
    altered["records/papers.ndjson"] = altered["records/papers.ndjson"].replace(b'"reviewed"', b'"planned!"')
    with zipfile.ZipFile(archive, "w") as again:
        for name, member in altered.items():
            again.writestr(name, member)
    with pytest.raises(Broken, match="papers"):
        verified(archive, Trust(frozenset({key})))
    content = base64.b64encode(b"We confirm.").decode()
    attached = {"name": "confirmation.txt", "media_type": "text/plain", "content": content}
    added = created(await partner.post(f"{path}/additions", json=ADDED | {"attachment": attached}))
    assert (added["number"], added["attachment"]["size"]) == (1, 11)
    assert ok(await partner.get(f"/v1/file-additions/{added['id']}")) == added
    assert ok(await partner.get(path))["additions"] == 1
    assert ok(await partner.get("/v1/file-additions", params={"file_id": keeper["id"]}))["items"] == [added]
    document = ok(await partner.get(f"/v1/file-additions/{added['id']}/document"))
    addition = tmp_path / "addition.json"
    addition.write_text(json.dumps(document))
    assert any("Added by Partner" in line for line in verified(addition, Trust(frozenset({key}))).lines)
    addition.write_text(json.dumps(document | {"reason": "None."}))
    with pytest.raises(Broken, match="altered"):
        verified(addition, Trust(frozenset({key})))
    wrong = ADDED | {"attachment": attached | {"content": "a,b;"}}
    problem(await partner.post(f"{path}/additions", json=wrong), 422, "invalid")


async def test_nothing_but_additions_after_completion(examined: Examined, keeper: dict[str, Any]) -> None:
    assert keeper["title"] == examined.engagement["title"]
    (paper,) = ok(await examined.staff.get("/v1/papers"))["items"]
    headers = {"If-Match": "*"}
    more = await examined.staff.patch(f"/v1/papers/{paper['id']}", json={"work": "More."}, headers=headers)
    problem(more, 409, "conflict")
    note = {"text": "Say why."}
    for path, body in (
        (f"/v1/papers/{paper['id']}/preparations", None),
        (f"/v1/papers/{paper['id']}/review-notes", note),
        (f"{examined.path}/phases", {"phase": "issued", "reason": "Once more."}),
    ):
        problem(await examined.manager.post(path, json=body), 409, "conflict")
    problem(await examined.manager.post(f"{examined.path}/audit-reports", json=examined.words()), 409, "conflict")


async def test_a_report_that_is_withdrawn_later_is_an_addition(
    examined: Examined, keeper: dict[str, Any], partner: httpx.AsyncClient
) -> None:
    (report,) = ok(await examined.partner.get("/v1/audit-reports"))["items"]
    reason = {"reason": "A deviation that existed in the period became known."}
    ok(await examined.partner.post(f"/v1/audit-reports/{report['id']}/withdrawals", json=reason))
    (added,) = ok(await partner.get("/v1/file-additions", params={"file_id": keeper["id"]}))["items"]
    assert (added["reason"], added["added_by"]["person"]["name"]) == (reason["reason"], "Partner")


async def test_a_file_is_kept_for_years_and_disposed_of_by_two_people(
    firm: Firm, keeper: dict[str, Any], partner: httpx.AsyncClient, database: Database
) -> None:
    path = f"/v1/engagement-files/{keeper['id']}"
    reason = {"reason": "Its retention has ended."}
    early = {"retain_until": day(365), "reason": "We have no room."}
    problem(await partner.post(f"{path}/retentions", json=early), 422, "invalid")
    longer = {"retain_until": day(9 * 366), "reason": "The state board asks for it."}
    assert ok(await partner.post(f"{path}/retentions", json=longer))["retain_until"] == day(9 * 366)
    problem(await partner.post(f"{path}/disposals", json=reason), 409, "file-kept")
    ok(await partner.post(f"{path}/holds", json=HELD))
    problem(await partner.post(f"{path}/holds", json=HELD), 422, "invalid")
    await aged(database, firm.id, keeper["id"])
    problem(await partner.post(f"{path}/disposals", json=reason), 409, "file-kept")
    problem(await partner.post(f"{path}/hold-releases", json=HELD | {"matter": "Roe v. Wade"}), 422, "invalid")
    released = ok(await partner.post(f"{path}/hold-releases", json=HELD))
    assert released["holds"][0]["release_reason"] == HELD["reason"]
    problem(await partner.post(f"{path}/disposal-approvals"), 409, "conflict")
    ok(await partner.post(f"{path}/disposals", json=reason))
    problem(await partner.post(f"{path}/disposal-approvals"), 403, "separation-of-duties")
    async with firm.acting("manager") as manager:
        ok(await manager.post(f"{path}/holds", json=HELD))
        problem(await manager.post(f"{path}/disposal-approvals"), 409, "file-kept")
        ok(await manager.post(f"{path}/hold-releases", json=HELD))
        disposed = ok(await manager.post(f"{path}/disposal-approvals"))
    assert (disposed["status"], disposed["disposal"]["approved_by"]["person"]["name"]) == ("disposed", "Manager")
    problem(await partner.get(f"{path}/archive"), 410, "gone")
    problem(await partner.post(f"{path}/additions", json=ADDED), 409, "conflict")
    told = ok(await firm.admin.get("/v1/services/audit/trail", params={"subject": keeper["id"]}))["items"]
    assert len(told) == 8


async def aged(database: Database, firm_id: str, file_id: str) -> None:
    """Let the retention of a file have ended."""
    files = table_of(EngagementFile)
    async with database.transaction(UUID(firm_id)) as session:
        await session.execute(
            update(files).where(files.c.id == UUID(file_id)).values(retain_until=TODAY - timedelta(days=1))
        )


async def test_a_file_is_the_firms_alone(
    examined: Examined, firm: Firm, keeper: dict[str, Any], org: Organisation, partner: httpx.AsyncClient
) -> None:
    path = f"/v1/engagement-files/{keeper['id']}"
    problem(await org.admin.get(path), 404, "not-found")
    problem(await org.admin.get(f"{path}/archive"), 404, "not-found")
    assert ok(await org.admin.get("/v1/engagement-files"))["items"] == []
    problem(await org.viewer.get(path), 403, "forbidden")
    problem(await examined.partner.get(path), 403, "forbidden")
    async with firm.acting("staff") as staff:
        problem(await staff.get(path), 403, "forbidden")
    problem(await firm.admin.post(f"{path}/additions", json=ADDED), 403, "forbidden")
    nowhere = f"/v1/engagement-files/{examined.engagement['id']}"
    problem(await partner.get(f"{nowhere}/archive"), 404, "not-found")
    for verb, body in (
        ("retentions", {"retain_until": day(9 * 366), "reason": "Policy."}),
        ("holds", HELD),
        ("hold-releases", HELD),
        ("disposals", {"reason": "Old."}),
        ("disposal-approvals", None),
        ("additions", ADDED),
    ):
        problem(await partner.post(f"{nowhere}/{verb}", json=body), 404, "not-found")
    for below in ("", "/document"):
        problem(await partner.get(f"/v1/file-additions/{examined.engagement['id']}{below}"), 404, "not-found")
