"""Tests that people perform: planned, performed, signed off by another; a retest is a new fact."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.story import implemented_control
from tests.controls.test_procedures import DRAFT as PROCEDURE
from tests.support import Organisation, created, eventually, ok, person, problem

DONE = {"outcome": "pass", "notes": "All 14 leavers lost their access within a day."}


async def _procedure(org: Organisation, **changes: Any) -> str:
    procedure = created(await org.manager.post("/v1/procedures", json=PROCEDURE | changes))["id"]
    ok(await org.second_manager.post(f"/v1/procedures/{procedure}/approvals"))
    return str(procedure)


def _plan(control: str, procedure: str, **changes: Any) -> dict[str, Any]:
    due = datetime.now(UTC) + timedelta(days=30)
    plan = {
        "control_id": control,
        "procedure_id": procedure,
        "kind": "operating",
        "tester": "lee@example.com",
        "due_at": due.isoformat(),
    }
    return plan | changes


async def _planned(org: Organisation, control: str, **changes: Any) -> str:
    plan = _plan(control, await _procedure(org), **changes)
    return str(created(await org.manager.post("/v1/control-tests", json=plan))["id"])


async def _perform(org: Organisation, test: str, **changes: Any) -> dict[str, Any]:
    return ok(await org.manager.post(f"/v1/control-tests/{test}/results", json=DONE | changes))


async def _review(org: Organisation, test: str, decision: str = "signed_off", **more: str) -> dict[str, Any]:
    body = {"decision": decision, **more}
    return ok(await org.second_manager.post(f"/v1/control-tests/{test}/reviews", json=body))


async def _health(org: Organisation, control: str) -> tuple[str, str]:
    health = ok(await org.viewer.get(f"/v1/controls/{control}/health"))
    return health["state"], health["reason_codes"][0]


async def test_a_pass_counts_when_someone_else_has_signed_it_off(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control, period_start="2026-04-01", period_end="2026-06-30")
    performed = await _perform(org, test, evidence_ids=["01890a5d-ac96-774b-bcce-b302099a8057"])
    assert (performed["status"], performed["outcome"]) == ("performed", "pass")
    assert await _health(org, control) == ("unknown", "nothing_shown")
    refused = await org.manager.post(f"/v1/control-tests/{test}/reviews", json={"decision": "signed_off"})
    assert "tester" in problem(refused, 403, "separation-of-duties")["detail"]
    assert (await _review(org, test))["status"] == "signed_off"
    assert await _health(org, control) == ("healthy", "test_passed")
    result = ok(await org.viewer.get(f"/v1/test-results/{performed['result_id']}"))
    assert (result["review"], result["automated"], result["evidence_ids"]) == (
        "signed_off",
        False,
        ["01890a5d-ac96-774b-bcce-b302099a8057"],
    )
    assert result["reviewer"] != result["tester"]
    (standing,) = ok(await org.viewer.get("/v1/test-standings", params={"control_id": control}))["items"]
    assert (standing["title"], standing["concluded"]) == (PROCEDURE["title"], "pass")


async def test_a_failure_counts_at_once_and_a_retest_is_another_fact(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control)
    failed = await _perform(org, test, outcome="fail")
    assert await _health(org, control) == ("failing", "operation_failed")
    await _review(org, test)
    again = await _perform(org, test)
    assert await _health(org, control) == ("failing", "operation_failed"), "a pass is not signed off yet"
    await _review(org, test)
    assert await _health(org, control) == ("healthy", "test_passed")
    results = ok(await org.viewer.get("/v1/test-results", params={"test_id": test, "sort": "observed_at"}))["items"]
    assert [(each["id"], each["outcome"], each["retest_of"]) for each in results] == [
        (failed["result_id"], "fail", None),
        (again["result_id"], "pass", failed["result_id"]),
    ]


async def test_what_is_returned_does_not_count_and_is_performed_again(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control)
    first = await _perform(org, test, outcome="fail")
    refused = await org.second_manager.post(f"/v1/control-tests/{test}/reviews", json={"decision": "returned"})
    problem(refused, 422, "invalid")
    assert (await _review(org, test, "returned", reason="Another quarter was looked at."))["status"] == "returned"
    assert await _health(org, control) == ("unknown", "nothing_shown")
    kept = ok(await org.viewer.get(f"/v1/test-results/{first['result_id']}"))
    assert (kept["review"], kept["review_reason"]) == ("returned", "Another quarter was looked at.")
    await _perform(org, test)
    await _review(org, test)
    assert await _health(org, control) == ("healthy", "test_passed")


async def test_inquiry_alone_concludes_nothing(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    asking = await _procedure(org, methods=["inquiry"])
    test = created(await org.manager.post("/v1/control-tests", json=_plan(control, asking)))["id"]
    for outcome in ("pass", "fail"):
        refused = await org.manager.post(f"/v1/control-tests/{test}/results", json=DONE | {"outcome": outcome})
        assert problem(refused, 422, "inquiry-alone")["errors"][0]["pointer"] == "/outcome"
    assert (await _perform(org, test, outcome="inconclusive"))["status"] == "performed"


async def test_a_design_that_passes_says_nothing_of_operation(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control, kind="design")
    await _perform(org, test)
    await _review(org, test)
    assert await _health(org, control) == ("unknown", "nothing_shown")


async def test_the_owner_does_not_test(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    procedure = await _procedure(org)
    own = _plan(control, procedure, tester="dana@example.com")
    problem(await org.manager.post("/v1/control-tests", json=own), 403, "separation-of-duties")
    test = created(await org.manager.post("/v1/control-tests", json=_plan(control, procedure)))["id"]
    tag = {"If-Match": "*"}
    given = await org.manager.patch(f"/v1/control-tests/{test}", json={"tester": "dana@example.com"}, headers=tag)
    problem(given, 403, "separation-of-duties")
    actor = ok(await org.viewer.get(f"/v1/controls/{control}"))["author"]["person"]["id"]
    ok(await org.manager.patch(f"/v1/controls/{control}", json={"owner": actor}, headers=tag))
    refused = await org.manager.post(f"/v1/control-tests/{test}/results", json=DONE)
    assert "owner" in problem(refused, 403, "separation-of-duties")["detail"]


async def test_an_owner_named_by_address_in_any_case_does_not_test(org: Organisation) -> None:
    person = ok(await org.manager.get("/v1/me"))["person"]["id"]
    address = ok(await org.admin.get(f"/v1/people/{person}"))["emails"][0]
    control = await implemented_control(org, "AC-01")
    version = (await org.manager.get(f"/v1/controls/{control}")).headers["etag"]
    owned = {"owner": address.title()}
    ok(await org.manager.patch(f"/v1/controls/{control}", json=owned, headers={"If-Match": version}))
    procedure = await _procedure(org)
    own = _plan(control, procedure, tester=address)
    problem(await org.manager.post("/v1/control-tests", json=own), 403, "separation-of-duties")
    test = created(await org.manager.post("/v1/control-tests", json=_plan(control, procedure)))["id"]

    async def refused() -> httpx.Response | None:
        """The service hears of a person's address a moment after the person was added."""
        answer = await org.manager.post(f"/v1/control-tests/{test}/results", json=DONE)
        return answer if answer.status_code == httpx.codes.FORBIDDEN else None

    problem(await eventually(refused), 403, "separation-of-duties")


async def test_what_is_overdue_puts_its_control_at_risk(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control)
    await _perform(org, test)
    await _review(org, test)
    procedure = ok(await org.viewer.get(f"/v1/control-tests/{test}"))["procedure_id"]
    soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat()
    later = created(await org.manager.post("/v1/control-tests", json=_plan(control, procedure, due_at=soon)))["id"]
    await asyncio.sleep(0.5)

    async def at_risk() -> bool:
        ok(await org.manager.post("/v1/services/controls/sweeps"))
        return await _health(org, control) == ("at_risk", "test_overdue")

    assert await eventually(at_risk, every=0.1)
    listed = ok(await org.viewer.get("/v1/control-tests", params={"overdue": "true"}))["items"]
    assert [each["id"] for each in listed] == [later]
    ok(await org.manager.post(f"/v1/control-tests/{later}/cancellations", json={"reason": "Tested early."}))
    assert await _health(org, control) == ("healthy", "test_passed")


@pytest.mark.parametrize(
    ("done", "verb", "allowed"),
    [
        ([], "reviews", "revise, perform, cancel"),
        (["results"], "results", "review"),
        (["results", "reviews"], "cancellations", "perform"),
        (["cancellations"], "results", "nothing further"),
    ],
)
async def test_what_a_state_does_not_allow_names_what_it_does(
    org: Organisation, done: list[str], verb: str, allowed: str
) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control)
    bodies = {"results": DONE, "reviews": {"decision": "signed_off"}, "cancellations": {"reason": "Not needed."}}

    async def do(what: str) -> httpx.Response:
        acting = org.second_manager if what == "reviews" else org.manager
        return await acting.post(f"/v1/control-tests/{test}/{what}", json=bodies[what])

    for each in done:
        ok(await do(each))
    assert allowed in problem(await do(verb), 409, "conflict")["detail"]


async def test_a_plan_names_what_it_needs_and_can_be_revised(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    unapproved = created(await org.manager.post("/v1/procedures", json=PROCEDURE | {"code": "TP-09"}))["id"]
    refused = await org.manager.post("/v1/control-tests", json=_plan(unapproved, unapproved))
    pointers = [each["pointer"] for each in problem(refused, 422, "nothing-to-test")["errors"]]
    assert pointers == ["/control_id", "/procedure_id"]
    half = _plan(control, unapproved, period_start="2026-04-01")
    problem(await org.manager.post("/v1/control-tests", json=half), 422, "invalid")
    test = await _planned(org, control)
    read = await org.viewer.get(f"/v1/control-tests/{test}")
    tag, change = {"If-Match": read.headers["ETag"]}, {"tester": "kim@example.com"}
    revised = ok(await org.manager.patch(f"/v1/control-tests/{test}", json=change, headers=tag))
    assert (revised["tester"], revised["due_at"]) == (await person(org, "kim"), ok(read)["due_at"])
    problem(await org.manager.patch(f"/v1/control-tests/{test}", json=change, headers=tag), 412, "stale")
    listed = ok(await org.viewer.get("/v1/control-tests", params={"tester": "kim@example.com"}))["items"]
    assert listed == [revised]
    early = DONE | {"observed_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    refused = await org.manager.post(f"/v1/control-tests/{test}/results", json=early)
    problem(refused, 422, "not-yet-performed")


async def test_permissions_and_other_organisations(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    test = await _planned(org, control)
    path = f"/v1/control-tests/{test}"
    problem(await org.viewer.post(f"{path}/results", json=DONE), 403, "forbidden")
    problem(await org.owner.post(f"{path}/reviews", json={"decision": "signed_off"}), 403, "forbidden")
    problem(await org.viewer.post(f"{path}/cancellations", json={"reason": "No"}), 403, "forbidden")
    problem(await org.monitor.get("/v1/control-tests"), 403, "forbidden")
    problem(await other_org.viewer.get(path), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/results", json=DONE), 404, "not-found")
    problem(await other_org.second_manager.post(f"{path}/reviews", json={"decision": "signed_off"}), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/control-tests"))["items"] == []
