"""Procedures: written by one, approved by another, and followed as they were approved."""

from typing import Any

import pytest

from services.controls.testing.procedures.models import Method
from services.controls.testing.procedures.rules import supports
from shared.events.catalogue.testing import Outcome
from tests.support import Organisation, created, ok, problem

DRAFT = {
    "code": "TP-01",
    "title": "Leavers lose their access",
    "methods": ["inspection", "inquiry"],
    "steps": ["Take the list of leavers.", "Look up when each lost access."],
    "expected_result": "Every leaver lost every access within a day.",
}


async def _drafted(org: Organisation, **changes: Any) -> str:
    return str(created(await org.manager.post("/v1/procedures", json=DRAFT | changes))["id"])


def test_only_more_than_inquiry_supports_a_conclusion() -> None:
    for outcome in (Outcome.PASS, Outcome.FAIL):
        assert not supports([Method.INQUIRY], outcome)
        assert all(supports([Method.INQUIRY, each], outcome) for each in set(Method) - {Method.INQUIRY})
    assert all(supports([Method.INQUIRY], each) for each in set(Outcome) - {Outcome.PASS, Outcome.FAIL})


async def test_a_procedure_starts_as_a_draft(org: Organisation) -> None:
    response = await org.manager.post("/v1/procedures", json=DRAFT)
    procedure = created(response)
    assert procedure == ok(await org.viewer.get(response.headers["Location"]))
    assert (procedure["methods"], procedure["supports_conclusion"]) == (["inquiry", "inspection"], True)
    assert (procedure["status"], procedure["approved_version_id"]) == ("draft", None)
    weak = await _drafted(org, code="TP-02", methods=["inquiry"])
    assert ok(await org.viewer.get(f"/v1/procedures/{weak}"))["supports_conclusion"] is False
    refused = await org.manager.post("/v1/procedures", json=DRAFT)
    assert problem(refused, 409, "code-taken")["errors"][0]["pointer"] == "/code"


async def test_each_approval_is_a_version_that_stays(org: Organisation) -> None:
    procedure = await _drafted(org)
    refused = await org.manager.post(f"/v1/procedures/{procedure}/approvals")
    assert "author" in problem(refused, 403, "separation-of-duties")["detail"]
    approved = await org.second_manager.post(f"/v1/procedures/{procedure}/approvals")
    first = ok(approved)["approved_version_id"]
    change = {"title": "Leavers lose all access", "steps": ["Compare both lists."]}
    problem(await org.second_manager.patch(f"/v1/procedures/{procedure}", json=change), 428, "precondition-required")
    stale = {"If-Match": '"1"'}
    problem(await org.second_manager.patch(f"/v1/procedures/{procedure}", json=change, headers=stale), 412, "stale")
    tag = {"If-Match": approved.headers["ETag"]}
    revised = ok(await org.second_manager.patch(f"/v1/procedures/{procedure}", json=change, headers=tag))
    assert (revised["status"], revised["approved_version_id"]) == ("draft", first)
    second = ok(await org.manager.post(f"/v1/procedures/{procedure}/approvals"))["approved_version_id"]
    listed = ok(await org.viewer.get("/v1/procedure-versions", params={"procedure_id": procedure}))["items"]
    assert [(each["id"], each["number"], each["title"]) for each in listed] == [
        (second, 2, "Leavers lose all access"),
        (first, 1, DRAFT["title"]),
    ]
    assert listed[1] == ok(await org.viewer.get(f"/v1/procedure-versions/{first}"))
    assert listed[1]["steps"] == DRAFT["steps"]
    since = {"procedure_id": procedure, "updated_since": listed[0]["updated_at"]}
    assert ok(await org.viewer.get("/v1/procedure-versions", params=since))["items"] == listed[:1]


async def test_a_retired_procedure_stays_on_record(org: Organisation) -> None:
    procedure = await _drafted(org)
    reason = {"reason": "The system is gone."}
    retired = await org.manager.post(f"/v1/procedures/{procedure}/retirements", json=reason)
    assert ok(retired)["status"] == "retired"
    for verb in ("approvals", "retirements"):
        refused = await org.second_manager.post(f"/v1/procedures/{procedure}/{verb}", json=reason)
        problem(refused, 409, "conflict")
    tag = {"If-Match": retired.headers["ETag"]}
    problem(await org.manager.patch(f"/v1/procedures/{procedure}", json={"title": "x"}, headers=tag), 409, "conflict")
    assert len(ok(await org.viewer.get("/v1/procedures", params={"status": "retired", "q": "tp-"}))["items"]) == 1


@pytest.mark.parametrize(("field", "value"), [("methods", []), ("methods", ["guess"]), ("steps", [])])
async def test_what_is_no_procedure_is_refused(org: Organisation, field: str, value: list[str]) -> None:
    refused = await org.manager.post("/v1/procedures", json=DRAFT | {field: value})
    assert problem(refused, 422, "invalid")["errors"][0]["pointer"].startswith(f"/{field}")


async def test_who_may_not_write_is_refused_and_other_organisations_see_nothing(
    org: Organisation, other_org: Organisation
) -> None:
    procedure = await _drafted(org)
    version = ok(await org.second_manager.post(f"/v1/procedures/{procedure}/approvals"))["approved_version_id"]
    for stranger in (org.viewer, org.owner):
        problem(await stranger.post("/v1/procedures", json=DRAFT), 403, "forbidden")
        problem(await stranger.post(f"/v1/procedures/{procedure}/approvals"), 403, "forbidden")
    problem(await org.monitor.get("/v1/procedures"), 403, "forbidden")
    for path in (f"/v1/procedures/{procedure}", f"/v1/procedure-versions/{version}"):
        problem(await other_org.viewer.get(path), 404, "not-found")
    for path in ("/v1/procedures", "/v1/procedure-versions"):
        assert ok(await other_org.viewer.get(path))["items"] == []
    problem(await other_org.manager.post(f"/v1/procedures/{procedure}/approvals"), 404, "not-found")
