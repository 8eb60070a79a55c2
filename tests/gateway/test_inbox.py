"""What waits for whom, and how the organisation stands: both from the events of all services."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deploy.story import implemented_control
from tests.support import Organisation, created, eventually, ok, person, problem

Check = Callable[[dict[str, Any]], bool]


async def inbox(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    """What waits for a client."""
    answer: dict[str, Any] = ok(await client.get("/v1/inbox", params=query))
    return answer


async def once(read: Callable[[], Awaitable[dict[str, Any]]], check: Check) -> dict[str, Any]:
    """What is read, as soon as it is so."""

    async def look() -> dict[str, Any] | None:
        answer = await read()
        return answer if check(answer) else None

    return await eventually(look)


def tasks(answer: dict[str, Any]) -> set[tuple[str, str]]:
    """The work in an inbox: what, on things of which kind."""
    return {(each["task"], each["kind"]) for each in answer["items"]}


async def test_a_draft_waits_for_another_person_and_no_longer_once_approved(org: Organisation) -> None:
    draft = {
        "code": "IN-01",
        "title": "Leavers lose their access",
        "statement": "Access ends on the last day.",
        "owner": "dana@example.com",
        "kind": "preventive",
        "nature": "manual",
        "frequency": "quarterly",
        "requirements": ["soc2:CC6.2"],
    }
    control = created(await org.manager.post("/v1/controls", json=draft))
    waiting = await once(lambda: inbox(org.second_manager), lambda answer: ("approve", "control") in tasks(answer))
    (item,) = (each for each in waiting["items"] if each["id"] == control["id"])
    assert (item["code"], item["named"], item["overdue"]) == ("IN-01", False, False)
    assert ok(await org.second_manager.get(item["href"]))["id"] == control["id"]
    assert {"task": "approve", "kind": "control", "waiting": 1, "overdue": 0} in waiting["counts"]
    assert ("approve", "control") not in tasks(await inbox(org.manager)), "not for who wrote it"
    assert ("approve", "control") not in tasks(await inbox(org.viewer)), "not for who may not approve"
    ok(await org.second_manager.post(f"/v1/controls/{control['id']}/approvals"))
    await once(lambda: inbox(org.second_manager), lambda answer: ("approve", "control") not in tasks(answer))


async def test_an_issue_waits_for_its_owner_by_name_and_is_overdue_after_its_day(org: Organisation) -> None:
    control = await implemented_control(org, "IN-02")
    owner = await person(org, "owner")
    issue = created(
        await org.manager.post(
            "/v1/issues",
            json={
                "title": "Reviews are late",
                "description": "The review of March came in June.",
                "severity": "high",
                "source": "self_identified",
                "control_ids": [control],
                "owner": owner["id"],
            },
        )
    )
    waiting = await once(lambda: inbox(org.owner, kind="issue"), lambda answer: bool(answer["items"]))
    (item,) = waiting["items"]
    assert (item["task"], item["title"], item["named"], item["overdue"]) == ("resolve", "Reviews are late", True, False)
    due = datetime.fromisoformat(item["due_at"])
    assert due.date() == datetime.fromisoformat(issue["due_on"]).date() + timedelta(days=1)
    late = await inbox(org.owner, kind="issue", as_of=due.isoformat(), overdue=True)
    assert (late["overdue"], late["waiting"], late["more"]) == (1, 1, False)
    assert (await inbox(org.owner, kind="issue", named=False))["items"] == []
    assert (await inbox(org.manager, kind="issue"))["items"] == [], "it waits for another by name"
    assert (await inbox(org.owner, kind="issue", task="verify"))["items"] == []


async def test_the_posture_counts_what_the_caller_may_read(org: Organisation, other_org: Organisation) -> None:
    await asyncio.gather(*(implemented_control(org, f"PO-{number}") for number in range(2)))

    async def posture() -> dict[str, Any]:
        answer: dict[str, Any] = ok(await org.viewer.get("/v1/posture", params={"days": 2}))
        return answer

    stands = await once(posture, lambda answer: answer["now"]["controls"]["in_operation"] == 2)
    in_health = {"healthy": 0, "at_risk": 0, "failing": 0, "unknown": 2}
    assert stands["now"]["controls"] == {"total": 2, "in_operation": 2, **in_health}
    assert stands["now"]["risks"] == {
        "open": 0,
        "unrated": 0,
        "within_appetite": 0,
        "above_appetite": 0,
        "above_tolerance": 0,
        "above_capacity": 0,
        "levels": [],
    }
    assert stands["days"][-1] == {"day": datetime.now(UTC).date().isoformat(), "numbers": stands["now"]}
    assert {"event": "controls.control.approved", "times": 2} in stands["changed"]
    assert stands["lagging"] == []
    blind = ok(await org.monitor.get("/v1/posture"))
    assert (blind["now"], blind["programmes"], blind["changed"]) == ({}, None, [])
    assert ok(await other_org.viewer.get("/v1/posture"))["now"]["controls"]["total"] == 0
    problem(await org.viewer.get("/v1/posture", params={"days": 401}), 422, "invalid")


async def test_the_numbers_of_a_day_are_kept_by_the_clock(org: Organisation) -> None:
    await implemented_control(org, "PO-9")

    async def posture() -> dict[str, Any]:
        answer: dict[str, Any] = ok(await org.viewer.get("/v1/posture"))
        return answer

    await once(posture, lambda answer: answer["now"]["controls"]["in_operation"] == 1)
    ok(await org.manager.post("/v1/services/gateway/sweeps"))
    assert len((await posture())["days"]) == 1
