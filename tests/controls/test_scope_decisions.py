"""Scope decisions: what is not relevant, with a reason and two people, and why the rest is."""

from typing import Any

import pytest

from tests.controls.given import programme
from tests.support import Organisation, created, ok, problem

_WHY = "All systems run at a cloud provider."


def _decision(requirement: str = "CC6.4", *, relevant: bool = False, **more: Any) -> dict[str, Any]:
    return {"requirement": requirement, "relevant": relevant, "reason": _WHY, **more}


async def _decided(org: Organisation, programme_id: str, **decision: Any) -> dict[str, Any]:
    draft = {"programme_id": programme_id, **_decision(**decision)}
    return created(await org.manager.post("/v1/scope-decisions", json=draft))


async def test_what_is_not_relevant_is_approved_by_another(org: Organisation, other_org: Organisation) -> None:
    decision = await _decided(org, await programme(org))
    path = f"/v1/scope-decisions/{decision['id']}"
    assert (decision["status"], decision["approver"], decision["in_force_since"]) == ("proposed", None, None)
    problem(await org.manager.post(f"{path}/approvals"), 403, "separation-of-duties")
    problem(await org.owner.post(f"{path}/approvals"), 403, "forbidden")
    problem(await other_org.manager.post(f"{path}/approvals"), 404, "not-found")
    approved = ok(await org.second_manager.post(f"{path}/approvals"))
    assert (approved["status"], approved["author"]) == ("in_force", decision["author"])
    assert approved["approver"] != approved["author"]
    problem(await org.second_manager.post(f"{path}/approvals"), 409, "conflict")
    assert ok(await org.viewer.get(path)) == approved
    problem(await other_org.viewer.get(path), 404, "not-found")


async def test_why_something_is_relevant_counts_at_once(org: Organisation) -> None:
    decision = await _decided(org, await programme(org), relevant=True, grounds=["risk", "contract"], risks=["R-01"])
    assert (decision["status"], decision["grounds"], decision["risks"]) == ("in_force", ["risk", "contract"], ["R-01"])


async def test_another_reason_is_approved_again(org: Organisation) -> None:
    decision = await _decided(org, await programme(org))
    path = f"/v1/scope-decisions/{decision['id']}"
    ok(await org.second_manager.post(f"{path}/approvals"))
    change = {"reason": "There are no premises."}
    problem(await org.second_manager.patch(path, json=change), 428, "precondition-required")
    revised = ok(await org.second_manager.patch(path, json=change, headers={"If-Match": '"2"'}))
    assert (revised["status"], revised["approver"], revised["in_force_since"]) == ("proposed", None, None)
    problem(await org.second_manager.post(f"{path}/approvals"), 403, "separation-of-duties")
    assert ok(await org.manager.post(f"{path}/approvals"))["status"] == "in_force"


async def test_a_decision_is_taken_back_and_another_taken(org: Organisation) -> None:
    owner = await programme(org)
    decision = await _decided(org, owner)
    again = {"programme_id": owner, **_decision(relevant=True)}
    refused = problem(await org.manager.post("/v1/scope-decisions", json=again), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/requirement"]
    path = f"/v1/scope-decisions/{decision['id']}/withdrawals"
    assert ok(await org.manager.post(path, json={"reason": "We rent a rack."}))["status"] == "withdrawn"
    problem(await org.manager.post(path, json={"reason": "Again."}), 409, "conflict")
    created(await org.manager.post("/v1/scope-decisions", json=again))
    listed = ok(await org.viewer.get("/v1/scope-decisions", params={"programme_id": owner, "requirement": "CC6.4"}))
    assert [each["status"] for each in listed["items"]] == ["withdrawn", "in_force"]


@pytest.mark.parametrize("requirement", ["A1.1", "CC8.2"])
async def test_only_what_is_in_scope_is_decided_on(org: Organisation, requirement: str) -> None:
    draft = {"programme_id": await programme(org), **_decision(requirement)}
    refused = problem(await org.manager.post("/v1/scope-decisions", json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/requirement"]


async def test_clauses_of_iso_27001_are_always_relevant(org: Organisation) -> None:
    owner = await programme(org, framework="iso27001", report_type="iso27001_certification", categories=[])
    draft = {"programme_id": owner, **_decision("9.2.1", grounds=["law"])}
    refused = problem(await org.manager.post("/v1/scope-decisions", json=draft), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/relevant", "/grounds"]
    await _decided(org, owner, requirement="A.7.4")


async def test_a_batch_answers_each_for_itself(org: Organisation) -> None:
    owner = await programme(org)
    decisions = [_decision("CC6.4"), _decision("CC6.4"), _decision("CC6.5", relevant=True), _decision("P1.1")]
    batch = {"programme_id": owner, "decisions": decisions}
    refused = problem(
        await org.manager.post("/v1/scope-decisions/batch", json=batch | {"atomic": True}), 422, "invalid"
    )
    assert [each["pointer"] for each in refused["errors"]] == ["/decisions/1/requirement", "/decisions/3/requirement"]
    answer = ok(await org.manager.post("/v1/scope-decisions/batch", json=batch))
    assert (answer["written"], answer["refused"]) == (2, 2)
    assert [bool(each["id"]) for each in answer["results"]] == [True, False, True, False]
    assert [each["problem"] and each["problem"]["type"] for each in answer["results"]] == [
        None,
        "/problems/invalid",
        None,
        "/problems/invalid",
    ]
    listed = ok(await org.viewer.get("/v1/scope-decisions", params={"programme_id": owner}))["items"]
    assert {(each["requirement"], each["status"]) for each in listed} == {("CC6.4", "proposed"), ("CC6.5", "in_force")}


async def test_nothing_is_decided_of_a_closed_programme(org: Organisation) -> None:
    owner = await programme(org)
    decision = await _decided(org, owner)
    closure = {"outcome": "withdrawn", "reason": "Another year."}
    ok(await org.manager.post(f"/v1/programmes/{owner}/closures", json=closure))
    draft = {"programme_id": owner, **_decision("CC6.5")}
    problem(await org.manager.post("/v1/scope-decisions", json=draft), 409, "conflict")
    problem(await org.second_manager.post(f"/v1/scope-decisions/{decision['id']}/approvals"), 409, "conflict")


async def test_who_may_not_decide_is_refused(org: Organisation) -> None:
    draft = {"programme_id": await programme(org), **_decision()}
    problem(await org.owner.post("/v1/scope-decisions", json=draft), 403, "forbidden")
    problem(await org.monitor.get("/v1/scope-decisions"), 403, "forbidden")
