"""Statements of Applicability: ninety-three lines that two people stand for, and that never change."""

import csv
import io
from typing import Any

import asyncpg
import pytest

from deploy.local.stack import Stack
from tests.controls.given import control, programme
from tests.support import Organisation, created, ok, problem

_ISO: dict[str, Any] = {"framework": "iso27001", "report_type": "iso27001_certification", "categories": []}
_WHY = "Needed to treat the risks of the risk assessment."
_PATH = "/v1/statements-of-applicability"


async def _excluded(org: Organisation, programme_id: str, ref: str) -> None:
    draft = {"programme_id": programme_id, "requirement": ref, "relevant": False, "reason": "There are no premises."}
    decision = created(await org.manager.post("/v1/scope-decisions", json=draft))["id"]
    ok(await org.second_manager.post(f"/v1/scope-decisions/{decision}/approvals"))


async def _drafted(org: Organisation, programme_id: str) -> dict[str, Any]:
    wanted = {"programme_id": programme_id, "inclusion_reason": _WHY}
    return created(await org.manager.post(_PATH, json=wanted))


async def _approve_lines(org: Organisation, statement: dict[str, Any], *refs: str) -> dict[str, Any]:
    wanted = {"refs": list(refs)} if refs else {}
    return ok(await org.second_manager.post(f"{_PATH}/{statement['id']}/line-approvals", json=wanted))


async def _lines(org: Organisation, statement: dict[str, Any]) -> dict[str, dict[str, Any]]:
    document = ok(await org.viewer.get(f"{_PATH}/{statement['id']}/document"))
    assert document["programme"] == "SOC 2 Type 2"
    return {each["ref"]: each for each in document["lines"]}


async def test_each_annex_a_control_has_its_line(org: Organisation) -> None:
    going = await programme(org, **_ISO)
    await control(org, "AC-01", ["iso27001:A.5.15", "iso27001:9.2.1"])
    await control(org, "AC-02", ["iso27001:A.5.15", "iso27001:A.5.16"], until="approved")
    retired = await control(org, "AC-03", ["iso27001:A.5.17"])
    ok(await org.manager.post(f"/v1/controls/{retired}/retirements", json={"reason": "Replaced."}))
    await control(org, "AC-04", ["iso27001:A.8.13"])
    await _excluded(org, going, "A.7.4")
    said = {"programme_id": going, "requirement": "A.8.13", "relevant": True, "reason": "A contract asks for it."}
    created(await org.manager.post("/v1/scope-decisions", json=said | {"grounds": ["contract"], "risks": ["R-01"]}))
    statement = await _drafted(org, going)
    told = (statement["number"], statement["applicable"], statement["excluded"], statement["implemented"])
    assert told == (1, 92, 1, 1)
    lines = await _lines(org, statement)
    assert (len(lines), list(lines)[:2], list(lines)[-1]) == (93, ["A.5.1", "A.5.2"], "A.8.34")
    states = {ref: lines[ref]["implementation"] for ref in ("A.5.15", "A.5.16", "A.5.17", "A.8.13", "A.7.4")}
    assert list(states.values()) == ["partly", "planned", "not_implemented", "implemented", None]
    assert [(each["code"], each["status"]) for each in lines["A.5.15"]["controls"]] == [
        ("AC-01", "implemented"),
        ("AC-02", "approved"),
    ]
    assert (lines["A.5.15"]["included_because"], lines["A.5.15"]["grounds"]) == (_WHY, [])
    backup = lines["A.8.13"]
    assert (backup["included_because"], backup["grounds"], backup["risks"]) == (
        "A contract asks for it.",
        ["contract"],
        ["R-01"],
    )
    assert (lines["A.7.4"]["applicable"], lines["A.7.4"]["excluded_because"]) == (False, "There are no premises.")


async def test_csv_says_the_same(org: Organisation, other_org: Organisation) -> None:
    going = await programme(org, **_ISO)
    await control(org, "AC-01", ["iso27001:A.5.15"])
    statement = await _drafted(org, going)
    path = f"{_PATH}/{statement['id']}/document"
    answer = await org.viewer.get(path, params={"as": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "statement-of-applicability-1.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    lines = await _lines(org, statement)
    assert [row["control"] for row in rows] == list(lines)
    row = next(each for each in rows if each["control"] == "A.5.15")
    assert (row["applicable"], row["implementation"], row["through controls"]) == ("yes", "implemented", "AC-01")
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await org.monitor.get(path), 403, "forbidden")


async def test_what_was_approved_stays_as_it_was(org: Organisation) -> None:
    going = await programme(org, **_ISO)
    first = await _drafted(org, going)
    path = f"{_PATH}/{first['id']}"
    problem(await org.manager.post(f"{path}/approvals"), 403, "separation-of-duties")
    problem(await org.owner.post(f"{path}/approvals"), 403, "forbidden")
    await _approve_lines(org, first)
    approved = ok(await org.second_manager.post(f"{path}/approvals"))
    assert (approved["status"], approved["approver"] != approved["author"]) == ("approved", True)
    before = await _lines(org, first)
    await control(org, "AC-01", ["iso27001:A.5.15"])
    await _excluded(org, going, "A.7.4")
    assert await _lines(org, first) == before
    problem(await org.manager.post(f"{path}/withdrawals", json={"reason": "Wrong."}), 409, "conflict")
    problem(await org.second_manager.post(f"{path}/approvals"), 409, "conflict")
    second = await _drafted(org, going)
    assert (second["number"], second["excluded"], second["implemented"]) == (2, 1, 1)
    await _approve_lines(org, second)
    ok(await org.second_manager.post(f"{_PATH}/{second['id']}/approvals"))
    listed = ok(await org.viewer.get(_PATH, params={"programme_id": going}))["items"]
    assert [(each["number"], each["status"]) for each in listed] == [(2, "approved"), (1, "superseded")]


async def test_lines_say_through_what_and_how_far(org: Organisation) -> None:
    going = await programme(org, **_ISO)
    await control(org, "AC-01", ["soc2:CC6.3"])
    await control(org, "AC-02", ["soc2:CC6.2", "iso27001:A.5.18"], until="approved")
    ok(await org.manager.post(f"/v1/programmes/{going}/adoptions", json={}))
    statement = await _drafted(org, going)
    assert (statement["applicable"], statement["implemented"], statement["partly"]) == (93, 3, 3)
    lines = await _lines(org, statement)
    assert {ref for ref, each in lines.items() if each["implementation"] == "implemented"} == {
        "A.8.2",
        "A.8.3",
        "A.8.4",
    }
    assert {ref for ref, each in lines.items() if each["implementation"] == "planned"} == {"A.5.16", "A.5.17", "A.6.5"}
    (powers,) = lines["A.8.2"]["controls"]
    assert (powers["code"], powers["relation"], powers["via"], powers["crosswalk"]) == (
        "AC-01",
        "superset_of",
        "soc2:CC6.3",
        "soc2-iso27001",
    )
    # AC-02 names it itself, and is not in operation; AC-01 is, and answers a part of it.
    assert lines["A.5.18"]["implementation"] == "partly"
    assert [(each["code"], each["relation"], each["via"]) for each in lines["A.5.18"]["controls"]] == [
        ("AC-01", "intersects_with", "soc2:CC6.3"),
        ("AC-02", None, None),
    ]
    answer = await org.viewer.get(f"{_PATH}/{statement['id']}/document", params={"as": "csv"})
    rows = {row["control"]: row for row in csv.DictReader(io.StringIO(answer.text, newline=""))}
    assert rows["A.5.18"]["through controls"] == "AC-01 (intersects_with via soc2:CC6.3); AC-02"


async def test_each_line_is_approved_by_another_than_the_author(org: Organisation, other_org: Organisation) -> None:
    statement = await _drafted(org, await programme(org, **_ISO))
    path = f"{_PATH}/{statement['id']}"
    problem(await org.second_manager.post(f"{path}/approvals"), 409, "lines-await-approval")
    problem(await org.manager.post(f"{path}/line-approvals", json={}), 403, "separation-of-duties")
    problem(await org.owner.post(f"{path}/line-approvals", json={}), 403, "forbidden")
    problem(await other_org.second_manager.post(f"{path}/line-approvals", json={}), 404, "not-found")
    wrong = {"refs": ["A.5.15", "9.2.1"]}
    refused = problem(await org.second_manager.post(f"{path}/line-approvals", json=wrong), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/refs/1"]
    some = await _approve_lines(org, statement, "A.5.15", "A.5.18", "A.5.15")
    assert (some["lines_approved"], some["status"], some["version"]) == (2, "draft", 2)
    assert (await _approve_lines(org, statement, "A.5.15"))["version"] == 2
    refused = problem(await org.second_manager.post(f"{path}/approvals"), 409, "lines-await-approval")
    assert refused["detail"] == "91 of 93 lines have not been approved."
    lines = await _lines(org, statement)
    approved = {ref: each["approver"] for ref, each in lines.items() if each["approver"]}
    assert set(approved) == {"A.5.15", "A.5.18"}
    assert lines["A.5.15"]["approved_at"]
    assert lines["A.5.16"]["approved_at"] is None
    assert (await _approve_lines(org, statement))["lines_approved"] == 93
    done = ok(await org.second_manager.post(f"{path}/approvals"))
    assert (done["status"], done["approver"]) == ("approved", approved["A.5.15"])
    problem(await org.second_manager.post(f"{path}/line-approvals", json={}), 409, "conflict")
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": statement["id"]}))["items"]
    assert [each["type"].rpartition(".")[2] for each in trail] == [
        "drafted",
        "lines_approved",
        "lines_approved",
        "approved",
    ]
    assert trail[1]["data"]["refs"] == ["A.5.15", "A.5.18"]


async def test_a_draft_can_be_withdrawn_with_a_reason(org: Organisation, other_org: Organisation) -> None:
    statement = await _drafted(org, await programme(org, **_ISO))
    path = f"{_PATH}/{statement['id']}"
    problem(await org.manager.post(f"{path}/withdrawals", json={}), 422, "invalid")
    problem(await other_org.manager.post(f"{path}/withdrawals", json={"reason": "Not mine."}), 404, "not-found")
    assert ok(await org.manager.post(f"{path}/withdrawals", json={"reason": "Too early."}))["status"] == "withdrawn"
    problem(await org.second_manager.post(f"{path}/approvals"), 409, "conflict")


async def test_only_iso_27001_has_one(org: Organisation) -> None:
    wanted = {"programme_id": await programme(org), "inclusion_reason": _WHY}
    refused = problem(await org.manager.post(_PATH, json=wanted), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/programme_id"]
    problem(await org.viewer.post(_PATH, json=wanted), 403, "forbidden")


async def test_the_database_lets_no_one_change_a_line(org: Organisation, stack: Stack) -> None:
    statement = await _drafted(org, await programme(org, **_ISO))
    application = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    try:
        await application.execute("select set_config('app.org_id', $1, false)", org.id)
        change = "update statements_of_applicability set lines = '[]' where id = $1"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(change, statement["id"])
    finally:
        await application.close()
