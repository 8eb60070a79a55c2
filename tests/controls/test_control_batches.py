"""Many controls approved, implemented, retired or reassigned at once, each answered by itself."""

from typing import Any

import httpx

from tests.support import Organisation, created, ok, person, problem

_NOWHERE = "0190b5a0-0000-7000-8000-000000000000"
_BEFORE = "2020-01-01T00:00:00Z"


async def _drafts(client: httpx.AsyncClient, *codes: str) -> list[str]:
    text = {"title": "T", "statement": "S.", "kind": "detective", "nature": "manual", "frequency": "monthly"}
    return [
        created(await client.post("/v1/controls", json={**text, "code": code, "owner": "dana@example.com"}))["id"]
        for code in codes
    ]


async def _batch(client: httpx.AsyncClient, verb: str, items: list[dict[str, Any]], **query: Any) -> httpx.Response:
    return await client.post(f"/v1/controls/{verb}/batch", json={"controls": items}, params=query)


async def _control(org: Organisation, control: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/controls/{control}"))


def _of(*controls: str, **more: Any) -> list[dict[str, Any]]:
    return [{"control_id": control, **more} for control in controls]


def _refusals(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [
        (each["index"], each["problem"]["type"].rpartition("/")[2], each["problem"]["errors"][0]["pointer"])
        for each in answer["results"]
        if each["problem"]
    ]


async def test_the_author_of_one_control_approves_the_others(org: Organisation) -> None:
    others = await _drafts(org.manager, "A-1", "A-2")
    own = await _drafts(org.second_manager, "A-3")
    items = _of(others[0], own[0], _NOWHERE, others[1], others[1])
    all_or_none = await _batch(org.second_manager, "approvals", items, atomic=True)
    refused = problem(all_or_none, 422, "control-batch-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/controls/1", "/controls/2/control_id", "/controls/4"]
    assert {(await _control(org, control))["status"] for control in [*others, *own]} == {"draft"}

    answer = ok(await _batch(org.second_manager, "approvals", items))
    assert (answer["changed"], answer["refused"]) == (2, 3)
    assert [each["id"] for each in answer["results"]] == [others[0], None, None, others[1], None]
    assert _refusals(answer) == [
        (1, "separation-of-duties", "/controls/1"),
        (2, "not-found", "/controls/2/control_id"),
        (4, "conflict", "/controls/4"),
    ]
    states = [(await _control(org, control))["status"] for control in [*others, *own]]
    assert states == ["approved", "approved", "draft"]
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": own[0]}))["items"]
    assert [event["type"] for event in trail] == ["controls.control.defined"]


async def test_controls_are_implemented_and_retired_each_by_itself(org: Organisation) -> None:
    controls = await _drafts(org.manager, "A-1", "A-2", "A-3")
    ok(await _batch(org.second_manager, "approvals", _of(*controls[:2])))
    items = [*_of(*controls[1:]), *_of(controls[0], since=_BEFORE)]
    implemented = ok(await _batch(org.manager, "implementations", items))
    assert _refusals(implemented) == [(1, "conflict", "/controls/1"), (2, "invalid", "/controls/2/since")]
    assert [(await _control(org, control))["status"] for control in controls] == ["approved", "implemented", "draft"]

    items = [*_of(*controls[:2], reason="Replaced"), *_of(controls[2], reason="Replaced", since=_BEFORE)]
    all_or_none = await _batch(org.manager, "retirements", items, atomic=True)
    refused = problem(all_or_none, 422, "control-batch-refused")
    assert [each["pointer"] for each in refused["errors"]] == ["/controls/2/since"]
    retired = ok(await _batch(org.manager, "retirements", items))
    assert (retired["changed"], _refusals(retired)) == (2, [(2, "invalid", "/controls/2/since")])
    assert [(await _control(org, control))["status"] for control in controls] == ["retired", "retired", "draft"]
    back = await _batch(org.manager, "implementations", _of(controls[0]), atomic=True)
    again = problem(back, 422, "control-batch-refused")
    assert "nothing further" in again["errors"][0]["detail"]


async def test_other_people_answer_for_many_controls(org: Organisation) -> None:
    controls = await _drafts(org.manager, "A-1", "A-2", "A-3", "A-4")
    ok(await _batch(org.manager, "retirements", _of(controls[3], reason="Replaced")))
    items = [
        *_of(controls[0], owner="kim@example.com", backup_owner="dana@example.com"),
        *_of(controls[1], backup_owner="dana@example.com"),
        *_of(controls[2], owner="nobody@example.com"),
        *_of(controls[3], owner="kim@example.com"),
    ]
    answer = ok(await _batch(org.manager, "reassignments", items))
    assert _refusals(answer) == [
        (1, "invalid", "/controls/1/backup_owner"),
        (2, "unknown-person", "/controls/2/owner"),
        (3, "conflict", "/controls/3"),
    ]
    changed = await _control(org, controls[0])
    assert (changed["owner"], changed["backup_owner"]) == (await person(org, "kim"), await person(org, "dana"))
    for control in controls[1:]:
        left = await _control(org, control)
        assert (left["owner"], left["backup_owner"]) == (await person(org, "dana"), None)
    problem(await _batch(org.manager, "reassignments", items, atomic=True), 422, "control-batch-refused")


async def test_who_may_not_change_controls_changes_none(org: Organisation, other_org: Organisation) -> None:
    (control,) = await _drafts(org.manager, "A-1")
    for verb in ("approvals", "implementations", "reassignments"):
        problem(await _batch(org.viewer, verb, _of(control)), 403, "forbidden")
        answer = ok(await _batch(other_org.manager, verb, _of(control)))
        assert _refusals(answer) == [(0, "not-found", "/controls/0/control_id")]
    problem(await _batch(org.viewer, "retirements", _of(control, reason="R")), 403, "forbidden")
    foreign = ok(await _batch(other_org.manager, "retirements", _of(control, reason="R")))
    assert _refusals(foreign) == [(0, "not-found", "/controls/0/control_id")]
    assert (await _control(org, control))["version"] == 1


async def test_many_controls_are_approved_in_one_call(org: Organisation) -> None:
    header = "code,title,statement,owner,kind,nature,frequency\n"
    rows = "".join(f"A-{number},T,S.,dana@example.com,detective,manual,monthly\n" for number in range(300))
    content, headers = (header + rows).encode(), {"Content-Type": "text/csv"}
    imported = ok(await org.manager.post("/v1/control-imports", content=content, headers=headers))["rows"]
    controls = [row["control_id"] for row in imported]
    assert ok(await _batch(org.second_manager, "approvals", _of(*controls)))["changed"] == 300
    assert ok(await _batch(org.manager, "implementations", _of(*controls)))["changed"] == 300
    assert (await _control(org, controls[-1]))["status"] == "implemented"
