"""Tickets opened by rule: for the events it names, once each, for what its makers may read, and not without end."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.integrations.ticket_systems import GitHub, served
from tests.integrations.tickets import an_issue, connected, connection_draft, ticket_for, told
from tests.support import Organisation, created, eventually, newcomer, ok, problem

RULES = "/v1/ticket-rules"
SERIOUS: dict[str, Any] = {
    "title": "Serious issues",
    "types": ["controls.issue.opened", "controls.issue.revised"],
    "conditions": [{"field": "severity", "values": ["critical", "high"]}],
}


async def rule_at(org: Organisation, connection: dict[str, Any], **changes: Any) -> dict[str, Any]:
    draft = SERIOUS | {"connection_id": connection["id"]} | changes
    return created(await org.manager.post(RULES, json=draft))


async def tickets_of(org: Organisation, count: int, **query: Any) -> list[dict[str, Any]]:
    """Tickets as soon as so many are open."""

    async def so_many() -> list[dict[str, Any]] | None:
        params = {"state": "open", "sort": "created_at", **query}
        found = ok(await org.owner.get("/v1/tickets", params=params))["items"]
        return found if len(found) >= count else None

    return await eventually(so_many)


async def test_what_a_rule_is_for_has_one_ticket(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection = await connected(org, system)
        rule = await rule_at(org, connection)
        mild, severe = await an_issue(org), await an_issue(org, severity="high")
        (ticket,) = await tickets_of(org, 1)
        assert (ticket["subject_id"], ticket["rule_id"]) == (severe["id"], rule["id"])
        assert ticket["opened_by"]["kind"] == "system"
        for title in ("Another title", "And another"):  # which the rule is for, too
            ok(await org.owner.patch(f"/v1/issues/{severe['id']}", json={"title": title}, headers={"If-Match": "*"}))
        refused = {"connection_id": connection["id"], "kind": "issue", "subject_id": severe["id"]}
        problem(await org.owner.post("/v1/tickets", json=refused), 409, "ticket-exists")
        by_hand = await ticket_for(org, connection, mild)
        await tickets_of(org, 2)
        assert by_hand["rule_id"] is None
        assert len(system.issues) == 2
        assert ok(await org.manager.get(f"{RULES}/{rule['id']}"))["opened"] == 1


async def test_a_rule_opens_so_many_on_a_day_at_most(org: Organisation) -> None:
    async with served(GitHub()) as system:
        rule = await rule_at(org, await connected(org, system), most_per_day=2, types=["controls.issue.opened"])
        for _ in range(4):
            await an_issue(org, severity="high")

        async def all_counted() -> dict[str, Any] | None:
            read = ok(await org.manager.get(f"{RULES}/{rule['id']}"))
            return read if read["opened"] + read["skipped"] == 4 else None

        counted = await eventually(all_counted)
        # Were it midnight between them, two days would have opened as many each.
        assert 2 <= counted["opened"] <= 4
        await tickets_of(org, counted["opened"], rule_id=rule["id"])
        assert len(system.issues) == counted["opened"]
        assert ("capped" in await told(org, rule["id"])) is (counted["skipped"] > 0)


async def test_a_rule_opens_nothing_that_the_owner_of_its_connection_may_not_read(org: Organisation) -> None:
    async with served(GitHub()) as system:
        nora = await newcomer(org, "nora")  # who is in the directory and has no role
        await rule_at(org, await connected(org, system, owner=nora["id"]), title="Nora's")
        other = await rule_at(org, await connected(org, system))
        await an_issue(org, severity="high")
        (ticket,) = await tickets_of(org, 1)
        await asyncio.sleep(0.5)
        assert ticket["rule_id"] == other["id"]
        assert len(system.issues) == 1


async def test_a_rule_is_revised_and_retired(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection = await connected(org, system)
        rule = await rule_at(org, connection)
        path = f"{RULES}/{rule['id']}"
        problem(await org.manager.patch(path, json={"title": "x"}), 428, "precondition-required")
        change = {"conditions": [{"field": "severity", "values": ["low"]}]}
        revised = ok(await org.manager.patch(path, json=change, headers={"If-Match": f'"{rule["version"]}"'}))
        assert revised["conditions"] == change["conditions"]
        refused = await org.manager.patch(path, json=change, headers={"If-Match": f'"{rule["version"]}"'})
        problem(refused, 412, "stale")
        await an_issue(org)
        await tickets_of(org, 1)
        why = {"reason": "Too many."}
        assert ok(await org.manager.post(f"{path}/retirements", json=why))["status"] == "retired"
        problem(await org.manager.post(f"{path}/retirements", json=why), 409, "conflict")
        problem(await org.manager.patch(path, json=change, headers={"If-Match": "*"}), 409, "conflict")
        await an_issue(org)
        await an_issue(org)
        await asyncio.sleep(0.5)
        assert len(system.issues) == 1
        assert await told(org, rule["id"]) == ["set_up", "revised", "retired"]


INVALID: list[tuple[dict[str, Any], str]] = [
    ({"types": []}, "/types"),
    ({"types": ["controls.issue.vanished"]}, "/types/0"),
    ({"types": ["controls.*"]}, "/types/0"),
    ({"types": ["audit.finding.drafted"]}, "/types/0"),
    ({"conditions": [{"field": "title", "values": ["a"]}]}, "/conditions/0/field"),
    ({"connection_id": str(uuid.uuid4())}, "/connection_id"),
    ({"most_per_day": 501}, "/most_per_day"),
]


@pytest.mark.parametrize(("changes", "pointer"), INVALID)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    connection = await unused_connection(org)
    draft = SERIOUS | {"connection_id": connection["id"]} | changes
    refused = problem(await org.manager.post(RULES, json=draft), 422, "invalid")
    assert pointer in {each["pointer"] for each in refused["errors"]}


async def unused_connection(org: Organisation) -> dict[str, Any]:
    draft = connection_draft(GitHub(), base_url="https://127.0.0.2/never")
    return created(await org.manager.post("/v1/ticket-connections", json=draft))


async def test_an_organisation_has_fifty_rules(org: Organisation) -> None:
    connection = await unused_connection(org)
    made = [await rule_at(org, connection) for _ in range(50)]
    draft = SERIOUS | {"connection_id": connection["id"]}
    problem(await org.manager.post(RULES, json=draft), 409, "too-many-ticket-rules")
    ok(await org.manager.post(f"{RULES}/{made[0]['id']}/retirements", json={"reason": "One too many."}))
    await rule_at(org, connection)


async def test_who_may_see_and_set_up_rules(org: Organisation, other_org: Organisation) -> None:
    connection = await unused_connection(org)
    rule = await rule_at(org, connection)
    path, draft = f"{RULES}/{rule['id']}", SERIOUS | {"connection_id": connection["id"]}
    for member in (org.owner, org.viewer, org.monitor):
        problem(await member.get(RULES), 403, "forbidden")
        problem(await member.post(RULES, json=draft), 403, "forbidden")
    problem(await other_org.manager.get(path), 404, "not-found")
    problem(await other_org.manager.patch(path, json={"title": "x"}, headers={"If-Match": "*"}), 404, "not-found")
    problem(await other_org.manager.post(f"{path}/retirements", json={"reason": "x"}), 404, "not-found")
    problem(await other_org.manager.post(RULES, json=draft), 422, "invalid")
    assert ok(await other_org.manager.get(RULES))["items"] == []
    assert [each["id"] for each in ok(await org.manager.get(RULES))["items"]] == [rule["id"]]
