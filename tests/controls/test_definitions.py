"""Definitions: what a control was, and from when until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.story import implemented_control
from tests.controls.given import earlier, told
from tests.controls.test_procedures import DRAFT as PROCEDURE
from tests.support import Organisation, created, eventually, ok, problem

MONTHLY = {"frequency": "monthly", "title": "Access is reviewed every month"}
ANY = {"If-Match": "*"}


async def _definitions(org: Organisation, control: str) -> list[dict[str, Any]]:
    return list(ok(await org.viewer.get(f"/v1/controls/{control}/definitions"))["items"])


async def _propose(org: Organisation, control: str, **changes: object) -> dict[str, Any]:
    return ok(await org.manager.patch(f"/v1/controls/{control}", json=changes or MONTHLY, headers=ANY))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_what_is_approved_is_a_definition(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    (only,) = await _definitions(org, control)
    assert (only["number"], only["state"], only["effective_to"]) == (1, "approved", None)
    assert only["effective_from"] == only["approved_at"]
    assert only["author"] != only["approver"]
    told = ok(await org.viewer.get(f"/v1/controls/{control}"))
    assert {name: only[name] for name in ("title", "statement", "requirements")} == {
        name: told[name] for name in ("title", "statement", "requirements")
    }
    assert ok(await org.viewer.get(f"/v1/control-definitions/{only['id']}")) == only
    assert ok(await org.viewer.get(f"/v1/controls/{control}/definitions/1")) == only
    assert ok(await org.viewer.get("/v1/control-definitions", params={"control_id": control}))["items"] == [only]


async def test_a_control_in_operation_stays_as_it_is_until_the_change_is_approved(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    proposed = await _propose(org, control)
    assert (proposed["status"], proposed["frequency"], proposed["pending_definition"]) == (
        "implemented",
        "quarterly",
        2,
    )
    draft, in_force = await _definitions(org, control)
    assert (draft["state"], draft["frequency"], draft["effective_from"]) == ("draft", "monthly", None)
    assert in_force["effective_to"] is None

    again = await _propose(org, control, nature="hybrid")
    assert (again["pending_definition"], again["version"] > proposed["version"]) == (2, True)
    own = await org.manager.post(f"/v1/controls/{control}/approvals")
    problem(own, 403, "separation-of-duties")
    approved = ok(await org.second_manager.post(f"/v1/controls/{control}/approvals"))
    assert (approved["status"], approved["frequency"], approved["nature"]) == ("implemented", "monthly", "hybrid")
    assert (approved["definition"], approved["pending_definition"]) == (2, None)
    new, old = await _definitions(org, control)
    assert old["effective_to"] == new["effective_from"]
    assert (old["frequency"], old["title"]) == ("quarterly", "Access is reviewed every quarter")
    nothing = await org.second_manager.post(f"/v1/controls/{control}/approvals")
    problem(nothing, 409, "conflict")


async def test_what_changed_is_told(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    await _propose(org, control, **MONTHLY, requirements=["soc2:CC6.3", "soc2:CC6.1"])
    changes = ok(await org.viewer.get(f"/v1/controls/{control}/definitions/2/changes"))
    assert (changes["since"], changes["number"]) == (1, 2)
    assert [each["field"] for each in changes["changes"]] == ["title", "frequency", "requirements"]
    assert changes["changes"][1] == {"field": "frequency", "before": "quarterly", "after": "monthly"}
    assert (changes["requirements_added"], changes["requirements_removed"]) == (["soc2:CC6.1"], ["soc2:CC6.2"])
    back = ok(await org.viewer.get(f"/v1/controls/{control}/definitions/1/changes", params={"since": 2}))
    assert back["requirements_removed"] == ["soc2:CC6.1"]
    first = ok(await org.viewer.get(f"/v1/controls/{control}/definitions/1/changes"))
    assert (first["since"], first["changes"][0]["before"]) == (None, None)
    problem(await org.viewer.get(f"/v1/controls/{control}/definitions/3/changes"), 404, "not-found")


async def test_a_change_takes_effect_on_its_day(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    await _propose(org, control)
    day = datetime.now(UTC) + timedelta(seconds=3)
    body = {"effective_from": day.isoformat()}
    scheduled = ok(await org.second_manager.post(f"/v1/controls/{control}/approvals", json=body))
    assert (scheduled["frequency"], scheduled["definition"]) == ("quarterly", 1)
    assert _instant(scheduled["pending_from"]) == day
    assert _instant((await _definitions(org, control))[1]["effective_to"]) == day
    later = await org.manager.patch(f"/v1/controls/{control}", json={"nature": "hybrid"}, headers=ANY)
    problem(later, 409, "definition-awaits-its-day")
    ok(await org.manager.patch(f"/v1/controls/{control}", json={"owner": "lee@example.com"}, headers=ANY))

    async def in_force() -> bool:
        ok(await org.manager.post("/v1/services/controls/sweeps"))
        now = ok(await org.viewer.get(f"/v1/controls/{control}"))
        return bool((now["frequency"], now["definition"], now["pending_from"]) == ("monthly", 2, None))

    assert await eventually(in_force, every=0.2)
    params = {"subject": control, "type": "controls.control.revised"}
    told = ok(await org.manager.get("/v1/services/controls/trail", params=params))["items"]
    (effect,) = [each for each in told if each["data"]["definition"]]
    assert (effect["data"]["definition"], _instant(effect["data"]["effective_from"])) == (2, day)


@pytest.mark.parametrize("approve_first", [False, True])
async def test_what_is_not_in_force_yet_can_be_withdrawn(org: Organisation, approve_first: bool) -> None:
    control = await implemented_control(org, "AC-01")
    await _propose(org, control)
    if approve_first:
        body = {"effective_from": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
        ok(await org.second_manager.post(f"/v1/controls/{control}/approvals", json=body))
    path = f"/v1/controls/{control}/definitions"
    assert ok(await org.manager.post(f"{path}/2/withdrawals", json={"reason": "No need"}))["state"] == "withdrawn"
    now = ok(await org.viewer.get(f"/v1/controls/{control}"))
    assert (now["pending_definition"], now["pending_from"], now["definition"]) == (None, None, 1)
    assert (await _definitions(org, control))[1]["effective_to"] is None
    problem(await org.manager.post(f"{path}/1/withdrawals", json={"reason": "No need"}), 409, "conflict")
    problem(await org.manager.post(f"{path}/7/withdrawals", json={"reason": "No need"}), 404, "not-found")
    assert (await _propose(org, control))["pending_definition"] == 3


async def test_the_past_is_told_as_history_and_in_the_order_of_definitions(org: Organisation) -> None:
    draft = {"code": "CM-01", "title": "Changes are reviewed", "statement": "Nobody changes production alone."}
    rest = {"owner": "kim@example.com", "kind": "preventive", "nature": "automated", "frequency": "continuous"}
    control = created(await org.manager.post("/v1/controls", json=draft | rest))["id"]
    path, reason = f"/v1/controls/{control}", "Operated since last year, written down now."

    async def faults(noun: str, **body: str) -> list[str]:
        refused = problem(await org.second_manager.post(f"{path}/{noun}", json=body), 422, "invalid")
        return [each["pointer"] for each in refused["errors"]]

    async def history(kind: str, day: str) -> httpx.Response:
        (record,) = await told(org, earlier(kind, day, control_id=control))
        decision = {"decision": "accepted"}
        return await org.second_manager.post(f"/v1/historical-records/{record}/decisions", json=decision)

    assert await faults("approvals", effective_from="2025-01-01T00:00:00Z", reason=reason) == ["/effective_from"]
    assert await faults("approvals", effective_from="2150-01-01T00:00:00Z") == ["/effective_from"]
    ok(await history("approval", "2025-01-01"))
    assert await faults("implementations", since="2025-02-01T00:00:00Z") == ["/since"]
    ok(await history("implementation", "2025-02-01"))
    await _propose(org, control, nature="hybrid")
    problem(await history("approval", "2025-01-01"), 422, "invalid")
    ok(await history("approval", "2025-03-01"))
    assert await faults("retirements", since="2025-01-15T00:00:00Z", reason=reason) == ["/since"]
    retired = ok(
        await org.manager.post(f"{path}/retirements", json={"since": "2025-06-30T00:00:00Z", "reason": reason})
    )
    assert _instant(retired["retired_at"]) == datetime(2025, 6, 30, tzinfo=UTC)
    assert [each["effective_to"][:10] for each in await _definitions(org, control)] == ["2025-06-30", "2025-03-01"]


async def test_a_test_is_of_the_definition_that_was_in_force(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    procedure = created(await org.manager.post("/v1/procedures", json=PROCEDURE))["id"]
    ok(await org.second_manager.post(f"/v1/procedures/{procedure}/approvals"))
    plan = {"control_id": control, "procedure_id": procedure, "kind": "operating", "tester": "lee@example.com"}
    plan["due_at"] = (datetime.now(UTC) + timedelta(days=30)).isoformat()

    async def tested(**period: str) -> str | None:
        answer = created(await org.manager.post("/v1/control-tests", json=plan | period))["definition_id"]
        return str(answer) if answer else None

    (first,) = await _definitions(org, control)
    assert await tested() == first["id"]
    await _propose(org, control)
    assert await tested() == first["id"]
    ok(await org.second_manager.post(f"/v1/controls/{control}/approvals"))
    assert await tested() == (await _definitions(org, control))[0]["id"]
    assert await tested(period_start="2025-01-01", period_end="2025-12-31") is None


async def test_who_may_not_write_withdraws_nothing(org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    await _propose(org, control)
    for stranger in (org.viewer, org.owner):
        refused = await stranger.post(f"/v1/controls/{control}/definitions/2/withdrawals", json={"reason": "No"})
        problem(refused, 403, "forbidden")


async def test_another_organisation_does_not_see_them(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "AC-01")
    await _propose(org, control)
    (draft, _) = await _definitions(org, control)
    path = f"/v1/controls/{control}/definitions"
    problem(await other_org.manager.get(path), 404, "not-found")
    assert ok(await other_org.manager.get("/v1/control-definitions"))["items"] == []
    problem(await other_org.manager.get(f"/v1/control-definitions/{draft['id']}"), 404, "not-found")
    problem(await other_org.manager.get(f"{path}/1"), 404, "not-found")
    problem(await other_org.manager.get(f"{path}/2/changes"), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/2/withdrawals", json={"reason": "No"}), 404, "not-found")
