"""Connections to systems of tickets, at small real servers: tested, refused, disabled, and who may see them."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from deploy.local.stack import Stack
from tests.integrations.given import registered
from tests.integrations.more_ticket_systems import Linear, ServiceNow
from tests.integrations.ticket_systems import TOKEN, GitHub, GitLab, Jira, System, Trouble, served
from tests.integrations.tickets import connected, connection_draft, connection_that, told
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem

CONNECTIONS = "/v1/ticket-connections"


@pytest.mark.parametrize(
    ("system", "account"),
    [
        (GitHub, "attest-bot"),
        (GitLab, "project_7_bot"),
        (Jira, "5b10a2844c20165700ede21g"),
        (ServiceNow, "attest.integration"),
        (Linear, "4a5d99d6-1c75-4e53-91b9-ee80057d4ce3"),
    ],
)
async def test_a_connection_is_active_when_its_test_has_worked(
    org: Organisation, system: type[System], account: str
) -> None:
    async with served(system()) as running:
        draft = connection_draft(running)
        connection = created(await org.manager.post(CONNECTIONS, json=draft))
        assert connection["status"] == "pending"
        active = await connection_that(org, connection, lambda read: read["status"] == "active")
    assert active["account"] == account
    assert active["standing"]["last_tested_at"]
    assert active["standing"]["last_code"] is None
    assert await told(org, connection["id"]) == ["registered", "activated"]
    trail = ok(await org.admin.get("/v1/services/integrations/trail", params={"subject": connection["id"]}))
    assert TOKEN not in json.dumps([connection, active, trail])


async def test_a_wrong_credential_is_told_and_replaced(org: Organisation) -> None:
    async with served(GitHub()) as system:
        draft = connection_draft(system, credential="wrong")
        connection = created(await org.manager.post(CONNECTIONS, json=draft))
        failed = await connection_that(org, connection, lambda read: read["standing"]["last_code"])
        assert (failed["status"], failed["standing"]["last_code"]) == ("pending", "unauthorized")
        assert "Bad credentials" in failed["standing"]["last_detail"]
        path = f"{CONNECTIONS}/{connection['id']}"
        problem(await org.manager.post(f"{path}/credentials", json={"credential": "a b"}), 422, "invalid")
        ok(await org.manager.post(f"{path}/credentials", json={"credential": TOKEN}))
        await connection_that(org, connection, lambda read: read["status"] == "active")
    assert await told(org, connection["id"]) == ["registered", "credential_replaced", "activated"]


async def test_what_a_project_lacks_is_told(org: Organisation) -> None:
    async with served(Jira()) as system:
        for issue_type, detail in (("Story", "Task, Change"), ("Change", "Change window")):
            draft = connection_draft(system, issue_type=issue_type)
            connection = created(await org.manager.post(CONNECTIONS, json=draft))
            failed = await connection_that(org, connection, lambda read: read["standing"]["last_code"])
            assert (failed["status"], failed["standing"]["last_code"]) == ("pending", "refused")
            assert detail in failed["standing"]["last_detail"]


async def test_a_test_that_failed_by_the_way_is_made_again(org: Organisation) -> None:
    async with served(GitHub()) as system:
        system.troubles.append(Trouble("GET", "^/repos/", 503, {"Retry-After": "10"}))
        connection = created(await org.manager.post(CONNECTIONS, json=connection_draft(system)))
        failed = await connection_that(org, connection, lambda read: read["standing"]["last_code"])
        assert (failed["standing"]["last_code"], failed["status"]) == ("server_error", "pending")
        assert failed["standing"]["rest_until"]
        ok(await org.manager.post(f"{CONNECTIONS}/{connection['id']}/tests"))
        await connection_that(org, connection, lambda read: read["status"] == "active")


async def test_an_address_inside_is_not_asked(org: Organisation) -> None:
    async with served(GitHub()) as system:
        inside = connection_draft(system, base_url=f"http://127.0.0.1:{system.port}")
        connection = created(await org.manager.post(CONNECTIONS, json=inside))
        failed = await connection_that(org, connection, lambda read: read["standing"]["last_code"])
        assert failed["standing"]["last_code"] == "address_not_allowed"
        assert failed["standing"]["last_detail"] is None
        assert system.asked == []


async def test_another_project_is_tested_first(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection = await connected(org, system)
        path, change = f"{CONNECTIONS}/{connection['id']}", {"project": "acme/other"}
        problem(await org.manager.patch(path, json=change), 428, "precondition-required")
        problem(await org.manager.patch(path, json=change, headers={"If-Match": '"99"'}), 412, "stale")
        headers = {"If-Match": f'"{connection["version"]}"'}
        assert ok(await org.manager.patch(path, json=change, headers=headers))["status"] == "pending"
        failed = await connection_that(org, connection, lambda read: read["standing"]["last_code"])
        assert (failed["status"], failed["standing"]["last_code"]) == ("pending", "not_found")
        changes = {"project": "acme/compliance", "states": {}, "directions": {"title": "both"}, "writes_per_minute": 9}
        ok(await org.manager.patch(path, json=changes, headers={"If-Match": "*"}))
        active = await connection_that(org, connection, lambda read: read["status"] == "active")
        assert active["directions"] == {"title": "both", "due_on": "out", "state": "both"}


async def test_an_event_tells_that_a_changed_connection_is_pending(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection = await connected(org, system)
        path = f"{CONNECTIONS}/{connection['id']}"
        ok(await org.manager.patch(path, json={"project": "acme/other"}, headers={"If-Match": "*"}))
        ok(await org.manager.post(f"{path}/credentials", json={"credential": TOKEN}))
    trail = ok(await org.admin.get("/v1/services/integrations/trail", params={"subject": connection["id"]}))["items"]
    told_status = {each["type"].split(".")[2]: each["data"]["status"] for each in trail}
    assert (told_status["revised"], told_status["credential_replaced"]) == ("pending", "pending")


async def test_a_test_of_what_was_changed_meanwhile_proves_nothing(org: Organisation) -> None:
    async with served(GitHub()) as system:
        found = Trouble("GET", "^/repos/acme/compliance$", 200, body={"has_issues": True}, until=asyncio.Event())
        system.troubles.append(found)
        connection = created(await org.manager.post(CONNECTIONS, json=connection_draft(system)))
        await asyncio.wait_for(found.met.wait(), 20)
        path, other = f"{CONNECTIONS}/{connection['id']}", {"project": "acme/other"}
        ok(await org.manager.patch(path, json=other, headers={"If-Match": "*"}))
        assert found.until is not None
        found.until.set()
        failed = await connection_that(org, connection, lambda read: read["standing"]["last_code"] == "not_found")
        assert failed["status"] == "pending"
    assert await told(org, connection["id"]) == ["registered", "revised"]


async def test_a_disabled_connection_is_tested_no_more(org: Organisation, stack: Stack) -> None:
    async with served(GitHub()) as system:
        system.troubles.append(Trouble("GET", "^/repos/", 503))
        connection = created(await org.manager.post(CONNECTIONS, json=connection_draft(system)))
        await connection_that(org, connection, lambda read: read["standing"]["last_code"] == "server_error")
        path, due = (
            f"{CONNECTIONS}/{connection['id']}",
            "select test_due_at from ticket_queues where connection_id = $1",
        )
        async with superuser(stack, "integrations") as database:
            assert await database.fetchval(due, uuid.UUID(connection["id"]))
            ok(await org.manager.post(f"{path}/disablements", json={"reason": "It moves."}))
            assert await database.fetchval(due, uuid.UUID(connection["id"])) is None


async def test_a_connection_is_disabled_and_retired_by_hand(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection = await connected(org, system)
        path, why = f"{CONNECTIONS}/{connection['id']}", {"reason": "It moves."}
        problem(await org.manager.post(f"{path}/activations"), 409, "conflict")
        assert ok(await org.manager.post(f"{path}/disablements", json=why))["disabled_for"] == "by_hand"
        problem(await org.manager.post(f"{path}/disablements", json=why), 409, "conflict")
        assert ok(await org.manager.post(f"{path}/activations"))["status"] == "pending"
        await connection_that(org, connection, lambda read: read["status"] == "active")
        assert ok(await org.manager.post(f"{path}/retirements", json=why))["status"] == "retired"
        for verb, body in (
            ("tests", None),
            ("activations", None),
            ("disablements", why),
            ("retirements", why),
            ("credentials", {"credential": TOKEN}),
        ):
            problem(await org.manager.post(f"{path}/{verb}", json=body), 409, "conflict")
        problem(await org.manager.patch(path, json={"title": "x"}, headers={"If-Match": "*"}), 409, "conflict")
    assert await told(org, connection["id"]) == [
        *("registered", "activated", "disabled", "tested", "activated", "retired")
    ]


INVALID: list[tuple[dict[str, Any], str]] = [
    ({"base_url": "ftp://example.com"}, "/base_url"),
    ({"base_url": "https://user:secret@example.com"}, "/base_url"),
    ({"base_url": "https://127.1"}, "/base_url"),
    ({"base_url": "https://example.com/?q"}, "/base_url"),
    ({"link_base": "https://example.com/#x"}, "/link_base"),
    ({"project": "acme"}, "/project"),
    ({"project": "acme/.."}, "/project"),
    ({"project": "a b/c"}, "/project"),
    ({"issue_type": "Task"}, "/issue_type"),
    ({"username": "bot"}, "/username"),
    ({"states": {"done": "Closed"}}, "/states"),
    ({"directions": {"title": "sideways"}}, "/directions/title"),
    ({"credential": ""}, "/credential"),
    ({"credential": "line\nbreak"}, "/credential"),
    ({"labels": ["a,b"]}, "/labels/0"),
    ({"source_id": str(uuid.uuid4())}, "/source_id"),
    ({"writes_per_ticket": 2}, "/writes_per_ticket"),
    ({"writes_per_minute": 301}, "/writes_per_minute"),
    ({"system": "trello"}, "/system"),
    ({"system": "gitlab", "project": "acme"}, "/project"),
    ({"system": "servicenow", "project": "incident"}, "/username"),
    ({"system": "servicenow", "project": "Incident", "username": "a"}, "/project"),
    ({"system": "linear", "project": "sec"}, "/project"),
    ({"system": "jira_cloud", "project": "sec", "issue_type": "Task", "username": "a"}, "/project"),
    ({"system": "jira_cloud", "project": "SEC", "username": "a"}, "/issue_type"),
    ({"system": "jira_cloud", "project": "SEC", "issue_type": "Task"}, "/username"),
    ({"system": "jira_cloud", "project": "SEC", "issue_type": "Task", "username": "a:b"}, "/username"),
]


@pytest.mark.parametrize(("changes", "pointer"), INVALID)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    draft = connection_draft(GitHub(), base_url="https://api.github.com") | changes
    refused = problem(await org.manager.post(CONNECTIONS, json=draft), 422, "invalid")
    assert pointer in {each["pointer"] for each in refused["errors"]}


async def test_a_source_reports_to_connections_of_its_kind(org: Organisation) -> None:
    gitlab = await registered(org, kind="gitlab")
    draft = connection_draft(GitHub(), base_url="https://127.0.0.2/never")
    refused = problem(await org.manager.post(CONNECTIONS, json=draft | {"source_id": gitlab["id"]}), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/source_id"]
    github = await registered(org)
    connection = created(await org.manager.post(CONNECTIONS, json=draft | {"source_id": github["id"]}))
    ok(await org.manager.post(f"/v1/sources/{github['id']}/retirements", json={"reason": "Moved."}))
    path, title = f"{CONNECTIONS}/{connection['id']}", {"title": "Without its source"}
    revised = ok(await org.manager.patch(path, json=title, headers={"If-Match": "*"}))
    assert (revised["title"], revised["source_id"]) == (title["title"], github["id"])


async def test_an_organisation_has_twenty_connections(org: Organisation) -> None:
    draft = connection_draft(GitHub(), base_url="https://127.0.0.2/never")
    made = [created(await org.manager.post(CONNECTIONS, json=draft)) for _ in range(20)]
    problem(await org.manager.post(CONNECTIONS, json=draft), 409, "too-many-ticket-connections")
    ok(await org.manager.post(f"{CONNECTIONS}/{made[0]['id']}/retirements", json={"reason": "One too many."}))
    created(await org.manager.post(CONNECTIONS, json=draft))


async def test_who_may_see_and_set_up_connections(org: Organisation, other_org: Organisation) -> None:
    draft = connection_draft(GitHub(), base_url="https://127.0.0.2/never")
    connection = created(await org.manager.post(CONNECTIONS, json=draft))
    path, why = f"{CONNECTIONS}/{connection['id']}", {"reason": "x"}
    for member in (org.owner, org.viewer, org.monitor):
        problem(await member.get(CONNECTIONS), 403, "forbidden")
        problem(await member.post(CONNECTIONS, json=draft), 403, "forbidden")
    for method, at, body in (
        ("GET", path, None),
        ("PATCH", path, {"title": "x"}),
        ("POST", f"{path}/tests", None),
        ("POST", f"{path}/activations", None),
        ("POST", f"{path}/disablements", why),
        ("POST", f"{path}/retirements", why),
        ("POST", f"{path}/credentials", {"credential": TOKEN}),
    ):
        headers = {"If-Match": "*"} if method == "PATCH" else {}
        problem(await other_org.manager.request(method, at, json=body, headers=headers), 404, "not-found")
    assert ok(await other_org.manager.get(CONNECTIONS))["items"] == []
    assert [each["id"] for each in ok(await org.manager.get(CONNECTIONS))["items"]] == [connection["id"]]


async def test_who_answers_for_a_connection(org: Organisation) -> None:
    draft, unknown = connection_draft(GitHub(), base_url="https://127.0.0.2/never"), {"owner": str(uuid.uuid4())}
    problem(await org.manager.post(CONNECTIONS, json=draft | unknown), 422, "unknown-person")
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    connection = created(await org.manager.post(CONNECTIONS, json=draft | {"owner": nora["id"]}))
    path = f"{CONNECTIONS}/{connection['id']}"
    problem(await org.manager.patch(path, json=unknown, headers={"If-Match": "*"}), 422, "unknown-person")
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))
    await connection_that(org, connection, lambda read: read["owner"] == lee)
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def refused_as_gone() -> bool:
        answer = await org.manager.patch(path, json={"owner": nora["id"]}, headers={"If-Match": "*"})
        return bool(answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone")

    await eventually(refused_as_gone)
    problem(await org.manager.post(CONNECTIONS, json=draft | {"owner": nora["id"]}), 422, "person-gone")
