"""Tickets in other systems: opened exactly once whatever is lost on the way, and kept in step field by field."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psutil
import pytest

from deploy.firm import Firm
from deploy.local.stack import Stack
from services.integrations.receiving.sources.models import SourceKind
from shared.data.sessions import Database
from tests.audit.requested import drafted, in_planning, released
from tests.evidence.test_uploads import listening_at
from tests.integrations.given import registered
from tests.integrations.more_ticket_systems import Linear, ServiceNow
from tests.integrations.senders import SECRET, signed
from tests.integrations.ticket_systems import GitHub, GitLab, Jira, System, Trouble, served
from tests.integrations.tickets import (
    an_issue,
    calls_of,
    connected,
    connection_that,
    in_step,
    looked_at,
    make_due,
    ticket_for,
    ticket_that,
    told,
)
from tests.risk.treated import owned as owned_risk
from tests.risk.treated import planned as treatment_planned
from tests.risk.treated import tasks_of
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, ok, problem


def opened(read: dict[str, Any]) -> bool:
    return bool(read["state"] == "open")


async def restarted(org: Organisation, stack: Stack) -> None:
    """Kill the process that works on tickets, and wait until another is there."""
    psutil.Process(listening_at(stack.service_url("integrations"))).kill()

    async def up() -> bool:
        return (await org.owner.get("/v1/tickets")).status_code == 200

    await eventually(up)


@pytest.mark.parametrize("system", [GitHub, GitLab, Jira, ServiceNow, Linear])
async def test_a_ticket_is_opened_once_and_says_where_the_thing_is(org: Organisation, system: type[System]) -> None:
    async with served(system()) as running:
        connection = await connected(org, running, link_base="https://attest.example.com")
        issue = await an_issue(org)
        asked = await ticket_for(org, connection, issue)
        assert (asked["state"], asked["key"]) == ("intent", None)
        ticket = await ticket_that(org, asked, opened)
        ticket = await looked_at(org, ticket)
        (made,) = running.issues
        text = json.dumps(made)
        assert f"https://attest.example.com/v1/issues/{issue['id']}" in text
        assert issue["title"] in text
        assert issue["description"] not in text
        if system is not GitHub:
            assert issue["due_on"] in text
        assert ticket["category"] == "open"
        assert ticket["key"] in {"#1", "SEC-1", "INC0000001"}
        assert ticket["url"].startswith(("https://git", "https://linear.app", running.url))
        assert {each["result"] for each in ticket["fields"].values()} == {"in_step"}
        assert ("due_on" in ticket["fields"]) is (system is not GitHub)
        assert len(running.wrote()) == 1
        assert await told(org, ticket["id"]) == ["requested", "opened"]
        refused = await org.owner.post(
            "/v1/tickets",
            json={
                "connection_id": connection["id"],
                "kind": "issue",
                "subject_id": issue["id"],
            },
        )
        problem(refused, 409, "ticket-exists")
        assert ok(await org.owner.get("/v1/tickets", params={"subject_id": issue["id"]}))["items"] == [ticket]


@pytest.mark.parametrize(
    ("at", "done"),
    [("GET", False), ("POST", False), ("POST", True)],
    ids=["while it is looked for", "before it is made", "before the answer comes"],
)
async def test_a_worker_that_is_killed_leaves_one_ticket(
    org: Organisation, stack: Stack, at: str, *, done: bool
) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        trouble = Trouble(at, "/issues$", done=done, until=asyncio.Event())
        system.troubles.append(trouble)
        asked = await ticket_for(org, connection, issue)
        await asyncio.wait_for(trouble.met.wait(), 20)
        assert ok(await org.owner.get(f"/v1/tickets/{asked['id']}"))["state"] == "creating"
        await restarted(org, stack)
        await make_due(stack, asked)
        ticket = await ticket_that(org, asked, opened)
        assert trouble.until is not None
        trouble.until.set()
        assert len(system.issues) == 1
        assert ticket["key"] == "#1"
        assert (await calls_of(org, ticket))[0]["code"] == "interrupted"
        assert await told(org, ticket["id"]) == ["requested", "opened"]


async def test_an_intent_that_nobody_took_up_before_the_process_ended_is_taken_up(
    org: Organisation, stack: Stack
) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ok(await org.manager.post(f"/v1/ticket-connections/{connection['id']}/disablements", json={"reason": "Wait."}))
        asked = await ticket_for(org, connection, issue)
        assert asked["state"] == "intent"
        await restarted(org, stack)
        assert ok(await org.owner.get(f"/v1/tickets/{asked['id']}"))["state"] == "intent"
        assert system.issues == []
        ok(await org.manager.post(f"/v1/ticket-connections/{connection['id']}/activations"))
        await ticket_that(org, asked, opened)
        assert len(system.issues) == 1


async def test_a_worker_that_is_killed_after_a_write_does_not_write_again(org: Organisation, stack: Stack) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        trouble = Trouble("PATCH", "/issues/1$", done=True, until=asyncio.Event())
        system.troubles.append(trouble)
        await retitled(org, issue, "Three leavers kept access")
        await asyncio.wait_for(trouble.met.wait(), 20)
        await restarted(org, stack)
        await make_due(stack, ticket)
        await ticket_that(org, ticket, lambda read: read["fields"]["title"]["sent"] == "Three leavers kept access")
        assert trouble.until is not None
        trouble.until.set()
        assert [each.method for each in system.wrote()] == ["POST", "PATCH"]


@pytest.mark.parametrize(
    ("system", "at"),
    [
        *((GitHub, "/issues$"), (GitLab, "/issues$"), (Jira, "/issue$"), (ServiceNow, "/incident$")),
        (Linear, "/graphql"),  # the third: what follows the search and the team
    ],
)
async def test_a_lost_answer_makes_no_second_ticket(
    org: Organisation, stack: Stack, system: type[System], at: str
) -> None:
    async with served(system()) as running:
        connection, issue = await connected(org, running), await an_issue(org)
        running.troubles.append(Trouble("POST", at, done=True, after=2 if system is Linear else 0))
        asked = await ticket_for(org, connection, issue)
        waiting = await ticket_that(org, asked, lambda read: read["code"])
        assert (waiting["state"], waiting["code"]) == ("creating", "not_reachable")
        async with superuser(stack, "integrations") as database:
            due = await database.fetchval("select due_at from ticket_work where ticket_id = $1", uuid.UUID(asked["id"]))
        assert due - datetime.now(UTC) > timedelta(seconds=50)  # what systems search lags behind
        await make_due(stack, asked)
        ticket = await ticket_that(org, asked, opened)
        assert len(running.issues) == 1
        steps = [each["step"] for each in await calls_of(org, ticket) if each["step"] != "team"]
        assert steps[:3] == ["find", "create", "find"]


async def test_a_ticket_closed_before_it_is_found_is_not_opened_again(org: Organisation, stack: Stack) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        system.troubles.append(Trouble("POST", "/issues$", done=True))
        asked = await ticket_for(org, connection, issue)
        await ticket_that(org, asked, lambda read: read["code"] == "not_reachable")
        system.change(system.issues[0], state="closed", state_reason="completed")
        await make_due(stack, asked)
        closed = await looked_at(org, asked)
        assert (closed["state"], closed["awaits_check"]) == ("closed", True)
        assert [each.method for each in system.wrote()] == ["POST"]


async def test_a_server_error_and_a_rate_limit_are_waited_for(org: Organisation, stack: Stack) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        system.troubles.append(Trouble("POST", "/issues$", 403, {"Retry-After": "600"}, {"message": "secondary"}))
        asked = await ticket_for(org, connection, issue)
        waiting = await ticket_that(org, asked, lambda read: read["code"])
        assert (waiting["state"], waiting["code"]) == ("creating", "rate_limited")
        resting = await connection_that(org, connection, lambda read: read["standing"]["rest_until"])
        rest = datetime.fromisoformat(resting["standing"]["rest_until"]) - datetime.now(UTC)
        assert timedelta(seconds=500) < rest <= timedelta(seconds=600)
        system.troubles.append(Trouble("GET", "/issues$", 502))
        await make_due(stack, asked)
        await ticket_that(org, asked, lambda read: read["code"] == "server_error")
        await make_due(stack, asked)
        await ticket_that(org, asked, opened)
        assert len(system.issues) == 1


async def test_what_the_system_refuses_is_told_and_tried_again_on_demand(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        system.troubles.append(Trouble("POST", "/issues$", 422, body={"message": "Validation Failed: labels"}))
        asked = await ticket_for(org, connection, issue)
        failed = await ticket_that(org, asked, lambda read: read["state"] == "failed")
        assert (failed["code"], system.issues) == ("refused", [])
        assert "Validation Failed" in failed["detail"]
        problem(await org.owner.post(f"/v1/tickets/{asked['id']}/readings"), 409, "conflict")
        ok(await org.owner.post(f"/v1/tickets/{asked['id']}/retries"))
        await ticket_that(org, asked, opened)
        problem(await org.owner.post(f"/v1/tickets/{asked['id']}/retries"), 409, "conflict")
        assert await told(org, asked["id"]) == ["requested", "failed", "retried", "opened"]


async def test_a_credential_that_is_refused_disables_the_connection(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        system.troubles.append(Trouble("GET", "/issues$", 401))
        asked = await ticket_for(org, connection, issue)
        await connection_that(org, connection, lambda read: read["disabled_for"] == "unauthorized")
        assert ok(await org.owner.get(f"/v1/tickets/{asked['id']}"))["state"] == "creating"
        ok(await org.manager.post(f"/v1/ticket-connections/{connection['id']}/activations"))
        await connection_that(org, connection, lambda read: read["status"] == "active")
        assert (await told(org, connection["id"]))[2:] == ["disabled", "tested", "activated"]


async def retitled(org: Organisation, issue: dict[str, Any], title: str) -> None:
    ok(await org.owner.patch(f"/v1/issues/{issue['id']}", json={"title": title}, headers={"If-Match": "*"}))


async def at_rest(stack: Stack, connection: dict[str, Any]) -> None:
    """Wait until no work of a connection is under way."""
    async with superuser(stack, "integrations") as database:

        async def free() -> bool:
            query = "select lease_until is null from ticket_queues where connection_id = $1"
            return bool(await database.fetchval(query, uuid.UUID(connection["id"])))

        await eventually(free)


async def known_as(stack: Stack, issue: dict[str, Any], **said: Any) -> None:
    """Wait until this is heard of an issue."""
    async with superuser(stack, "integrations") as database:

        async def heard() -> bool:
            known = await database.fetchrow("select * from ticket_subjects where id = $1", uuid.UUID(issue["id"]))
            return known is not None and said.items() <= dict(known).items()

        await eventually(heard)


@pytest.mark.parametrize(("system", "name"), [(GitHub, "title"), (GitLab, "title")])
async def test_our_changes_are_written_once_and_their_echo_changes_nothing(
    org: Organisation, system: type[GitHub] | type[GitLab], name: str
) -> None:
    async with served(system()) as running:
        connection, issue = await connected(org, running), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        await retitled(org, issue, "Three leavers kept access")
        await ticket_that(org, ticket, lambda read: read["fields"]["title"]["sent"] == "Three leavers kept access")
        assert running.issues[0][name] == "Three leavers kept access"
        written = len(running.wrote())
        for _ in range(2):
            assert (await looked_at(org, ticket))["fields"]["title"]["result"] == "in_step"
        assert len(running.wrote()) == written
        running.change(running.issues[0], title="As somebody there calls it")  # ours is written over it
        await looked_at(org, ticket)
        await ticket_that(org, ticket, lambda read: read["fields"]["title"]["theirs"] == "Three leavers kept access")
        assert running.issues[0][name] == "Three leavers kept access"


async def test_a_field_changed_on_both_sides_is_a_conflict_until_a_person_decides(
    org: Organisation, stack: Stack
) -> None:
    async with served(GitLab()) as system:
        connection, issue = await connected(org, system, directions={"title": "both"}), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        path = f"/v1/tickets/{ticket['id']}/settlements"
        problem(await org.owner.post(path, json={"field": "title", "keep": "ours"}), 409, "no-ticket-conflict")
        system.change(system.issues[0], title="Theirs")
        assert (await looked_at(org, ticket))["fields"]["title"]["result"] == "in_step"  # who changed it last
        for keep, stands in (("ours", "Ours 1"), ("theirs", "Theirs 2")):
            number = stands[-1]
            path_of_connection = f"/v1/ticket-connections/{connection['id']}"
            ok(await org.manager.post(f"{path_of_connection}/disablements", json={"reason": "While both change."}))
            await at_rest(stack, connection)
            system.change(system.issues[0], title=f"Theirs {number}")
            await retitled(org, issue, f"Ours {number}")
            await known_as(stack, issue, title=f"Ours {number}")
            ok(await org.manager.post(f"{path_of_connection}/activations"))
            conflict = await ticket_that(org, ticket, lambda read: read["fields"]["title"]["result"] == "conflict")
            assert conflict["fields"]["title"]["theirs"] == f"Theirs {number}"
            assert system.issues[0]["title"] == f"Theirs {number}"
            listed = ok(await org.owner.get("/v1/tickets", params={"conflict": True}))["items"]
            assert [each["id"] for each in listed] == [ticket["id"]]
            ok(await org.owner.post(path, json={"field": "title", "keep": keep}))
            await ticket_that(org, ticket, lambda read: read["fields"]["title"]["result"] == "in_step")
            assert (await looked_at(org, ticket))["fields"]["title"]["result"] == "in_step"
            assert system.issues[0]["title"] == stands
        assert ok(await org.owner.get("/v1/tickets", params={"conflict": True}))["items"] == []
        assert (await told(org, ticket["id"]))[2:] == ["conflicted", "settled"] * 2


async def test_a_conflict_settled_while_the_ticket_is_looked_at_stays_settled(org: Organisation, stack: Stack) -> None:
    async with served(GitLab()) as system:
        connection, issue = await connected(org, system, directions={"title": "both"}), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        path_of_connection, path = f"/v1/ticket-connections/{connection['id']}", f"/v1/tickets/{ticket['id']}"
        ok(await org.manager.post(f"{path_of_connection}/disablements", json={"reason": "While both change."}))
        await at_rest(stack, connection)
        system.change(system.issues[0], title="Theirs")
        await retitled(org, issue, "Ours")
        await known_as(stack, issue, title="Ours")
        ok(await org.manager.post(f"{path_of_connection}/activations"))
        await ticket_that(org, ticket, lambda read: read["fields"]["title"]["result"] == "conflict")
        await at_rest(stack, connection)
        held = Trouble("GET", "/issues/1$", 200, body=dict(system.issues[0]), until=asyncio.Event())
        system.troubles.append(held)
        ok(await org.owner.post(f"{path}/readings"))
        await asyncio.wait_for(held.met.wait(), 20)
        ok(await org.owner.post(f"{path}/settlements", json={"field": "title", "keep": "ours"}))
        assert held.until is not None
        held.until.set()
        settled = await ticket_that(org, ticket, lambda read: read["fields"]["title"]["sent"] == "Ours")
        assert settled["fields"]["title"]["result"] == "in_step"
        assert system.issues[0]["title"] == "Ours"
    assert (await told(org, ticket["id"]))[2:] == ["conflicted", "settled"]


async def test_a_ticket_closed_outside_closes_nothing_here_and_asks_for_the_check(org: Organisation) -> None:
    async with served(Jira()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        (there,) = system.issues
        system.move(there, "In Arbeit")
        moved = await looked_at(org, ticket)
        assert (moved["category"], moved["status"], moved["awaits_check"]) == ("in_progress", "In Arbeit", False)
        system.move(there, "Erledigt")
        closed = await looked_at(org, ticket)
        assert (closed["state"], closed["category"], closed["awaits_check"]) == ("closed", "done", True)
        assert ok(await org.owner.get(f"/v1/issues/{issue['id']}"))["status"] == "open"
        assert len(system.wrote()) == 1
        waiting = ok(await org.owner.get("/v1/tickets", params={"awaits_check": True}))["items"]
        assert [each["id"] for each in waiting] == [ticket["id"]]
        system.move(there, "To do")
        again = await looked_at(org, ticket)
        assert (again["state"], again["awaits_check"]) == ("open", False)
    assert (await told(org, ticket["id"]))[2:] == ["moved", "moved", "closed_outside", "moved", "reopened"]


async def test_our_end_is_written_and_what_cannot_be_done_there_is_told(org: Organisation) -> None:
    async with served(Jira()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        closure = {
            "outcome": "duplicate",
            "reason": "Known as another.",
            "duplicate_of": (await an_issue(org))["id"],
        }
        await closed_issue(org, issue, closure)
        refused = await ticket_that(org, ticket, lambda read: read["fields"]["state"]["result"] == "refused")
        assert "In Arbeit" in refused["fields"]["state"]["detail"]
        assert refused["fields"]["title"]["result"] == "in_step"
        system.move(system.issues[0], "In Arbeit")  # from where it can be closed
        await looked_at(org, ticket)
        closed = await ticket_that(org, ticket, lambda read: read["state"] == "closed")
        assert (closed["category"], closed["awaits_check"]) == ("done", False)
    assert "closed" in await told(org, ticket["id"])


async def closed_issue(org: Organisation, issue: dict[str, Any], closure: dict[str, Any]) -> None:
    answer = await org.manager.post(f"/v1/issues/{issue['id']}/closures", json=closure)
    assert answer.status_code in {200, 201}, answer.text


async def test_what_is_changed_back_each_time_is_written_only_so_often(org: Organisation) -> None:
    def rewrite(there: dict[str, Any]) -> None:
        there.update(title=f"[GRC] {there['title']} {len(system.asked)}", updated_at=system.now())

    async with served(GitLab()) as system:
        connection, issue = await connected(org, system, writes_per_ticket=5), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        system.rewrites = rewrite
        await retitled(org, issue, "Three leavers kept access")
        await ticket_that(org, ticket, lambda read: read["fields"]["title"]["result"] == "altered")
        written = len(system.wrote())
        await looked_at(org, ticket)
        assert len(system.wrote()) == written  # what the system made of it is no change
        for number in range(4):
            system.change(system.issues[0], title=f"Changed back, {number}")
            await looked_at(org, ticket)
        capped = await ticket_that(org, ticket, lambda read: read["fields"]["title"]["result"] == "capped")
        assert len(system.wrote()) <= 5
        assert capped["state"] == "open"
    assert (await told(org, ticket["id"])).count("capped") == 1


async def test_a_ticket_that_was_deleted_outside_is_told(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        system.troubles.append(Trouble("GET", "/issues/1$", 410))
        ok(await org.owner.post(f"/v1/tickets/{ticket['id']}/readings"))
        failed = await ticket_that(org, ticket, lambda read: read["state"] == "failed")
        assert failed["code"] == "not_found"
        assert len(system.issues) == 1


async def test_a_ticket_of_a_retired_connection_is_left_as_it_is(org: Organisation) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        ok(await org.manager.post(f"/v1/ticket-connections/{connection['id']}/retirements", json={"reason": "Moved."}))
        settlement = {"field": "title", "keep": "ours"}
        for verb, body in (("retries", None), ("readings", None), ("settlements", settlement)):
            problem(await org.owner.post(f"/v1/tickets/{ticket['id']}/{verb}", json=body), 409, "conflict")
        other = {"connection_id": connection["id"], "kind": "issue", "subject_id": (await an_issue(org))["id"]}
        problem(await org.owner.post("/v1/tickets", json=other), 422, "invalid")
    assert await told(org, ticket["id"]) == ["requested", "opened"]


async def test_a_thing_must_be_known_readable_and_not_over(
    org: Organisation, other_org: Organisation, stack: Stack
) -> None:
    async with served(GitHub()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        draft = {"connection_id": connection["id"], "kind": "issue", "subject_id": issue["id"]}
        unknown = draft | {"subject_id": str(uuid.uuid4())}
        problem(await org.owner.post("/v1/tickets", json=unknown), 422, "unknown-ticket-subject")
        problem(await org.owner.post("/v1/tickets", json=draft | {"kind": "finding"}), 422, "unknown-ticket-subject")
        problem(await org.owner.post("/v1/tickets", json=draft | {"connection_id": issue["id"]}), 422, "invalid")
        problem(await org.risk.post("/v1/tickets", json=draft | {"kind": "finding"}), 403, "forbidden")
        problem(await org.viewer.post("/v1/tickets", json=draft), 403, "forbidden")
        problem(await org.monitor.get("/v1/tickets"), 403, "forbidden")
        over = await an_issue(org)
        closure = {"outcome": "duplicate", "reason": "Known as another.", "duplicate_of": issue["id"]}
        await closed_issue(org, over, closure)

        await known_as(stack, over, is_over=True)
        gone = await org.owner.post("/v1/tickets", json=draft | {"subject_id": over["id"]})
        problem(gone, 409, "ticket-subject-over")
        ticket = await in_step(org, connection, issue)
        path = f"/v1/tickets/{ticket['id']}"
        for method, at, body in (
            ("GET", path, None),
            ("POST", f"{path}/retries", None),
            ("POST", f"{path}/readings", None),
            ("POST", f"{path}/settlements", {"field": "title", "keep": "ours"}),
        ):
            problem(await other_org.manager.request(method, at, json=body), 404, "not-found")
        assert ok(await other_org.manager.get("/v1/tickets"))["items"] == []
        assert ok(await other_org.manager.get("/v1/ticket-calls"))["items"] == []
        assert ok(await org.viewer.get("/v1/tickets"))["items"][0]["id"] == ticket["id"]


@pytest.fixture
async def outside(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A sender: it has no token."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as client:
        yield client


async def reported(outside: httpx.AsyncClient, source: dict[str, Any], issue: dict[str, Any], by: str) -> None:
    """GitHub reports an issue as it was."""
    document = {
        "action": "edited",
        "issue": {name: issue[name] for name in ("number", "state", "state_reason", "updated_at", "html_url")},
        "repository": {"full_name": "acme/compliance"},
        "sender": {"login": by},
    }
    body = json.dumps(document).encode()
    headers = signed(SourceKind.GITHUB, body, datetime.now(UTC)) | {"x-github-event": "issues"}
    assert (await outside.post(source["path"], content=body, headers=headers)).status_code == 202


async def reads_at_rest(org: Organisation, ticket: dict[str, Any]) -> int:
    """How often a ticket was read, once that changes no more."""

    async def unchanged() -> int | None:
        before = len(await calls_of(org, ticket, "read"))
        await asyncio.sleep(2)
        return before if before == len(await calls_of(org, ticket, "read")) else None

    return await eventually(unchanged)


async def test_what_the_system_reports_is_looked_at_in_whatever_order_it_comes(
    org: Organisation, outside: httpx.AsyncClient
) -> None:
    async with served(GitHub()) as system:
        source = await registered(org, secret=SECRET)
        connection = await connected(org, system, source_id=source["id"])
        ticket = await in_step(org, connection, await an_issue(org))
        (there,) = system.issues
        before = dict(there)
        system.change(there, state="closed", state_reason="not_planned", assignee={"login": "kim"})
        after = dict(there)
        await reported(outside, source, after, "kim")
        closed = await ticket_that(org, ticket, lambda read: read["state"] == "closed")
        assert (closed["category"], closed["assignee"]) == ("dropped", "kim")
        looks = await reads_at_rest(org, ticket)
        await reported(outside, source, before, "kim")  # an older state, which comes later

        assert await reads_at_rest(org, ticket) > looks
        assert ok(await org.owner.get(f"/v1/tickets/{ticket['id']}"))["state"] == "closed"
        looks = await reads_at_rest(org, ticket)
        await reported(outside, source, after | {"updated_at": system.now()}, "attest-bot")  # our own account
        await reported(outside, source, after | {"updated_at": system.now(), "number": 2}, "kim")  # no ticket of ours
        assert await reads_at_rest(org, ticket) == looks
        assert len(system.wrote()) == 1


async def test_what_a_business_rule_makes_of_a_value_is_told_and_not_fought(org: Organisation) -> None:
    async with served(ServiceNow()) as system:
        connection = await connected(org, system)
        issue = await an_issue(org, title="Two leavers of the last quarter kept their access to production")
        ticket = await in_step(org, connection, issue)
        assert ticket["fields"]["title"]["result"] == "altered"
        assert ticket["fields"]["title"]["theirs"] == issue["title"][:40]
        assert (await looked_at(org, ticket))["fields"]["title"]["result"] == "altered"
        assert len(system.wrote()) == 1
        await closed_issue(
            org, issue, {"outcome": "duplicate", "reason": "Known.", "duplicate_of": (await an_issue(org))["id"]}
        )
        closed = await ticket_that(org, ticket, lambda read: read["state"] == "closed")
        assert (closed["category"], closed["status"]) == ("done", "Resolved")


async def test_linear_reaches_its_states_by_their_ids(org: Organisation) -> None:
    async with served(Linear()) as system:
        connection, issue = await connected(org, system), await an_issue(org)
        ticket = await in_step(org, connection, issue)
        await retitled(org, issue, "Three leavers kept access")
        await closed_issue(
            org, issue, {"outcome": "duplicate", "reason": "Known.", "duplicate_of": (await an_issue(org))["id"]}
        )
        closed = await ticket_that(org, ticket, lambda read: read["state"] == "closed")
        assert (closed["category"], closed["status"]) == ("done", "Done")
        assert system.issues[0]["title"] == "Three leavers kept access"
        system.change(system.issues[0], stateId="s3")
        again = await looked_at(org, ticket)
        await ticket_that(org, again, lambda read: read["state"] == "open" and read["status"] == "Doing")


async def test_an_action_of_a_treatment_has_a_ticket(org: Organisation) -> None:
    async with served(GitLab()) as system:
        connection = await connected(org, system)
        treatment = await treatment_planned(org, await owned_risk(org))
        (action,) = await tasks_of(org, treatment)
        draft = {"connection_id": connection["id"], "kind": "treatment_action", "subject_id": action}
        ticket = created(await org.risk.post("/v1/tickets", json=draft))
        await ticket_that(org, ticket, opened)
        assert system.issues[0]["title"] == "Connect the HR system."
        assert f"/v1/treatment-actions/{action}" in system.issues[0]["description"]
        assert system.issues[0]["due_date"]


async def test_a_request_of_an_auditor_has_a_ticket_of_the_client(
    org: Organisation, audit_database: Database, firm: Firm
) -> None:
    engagement = await in_planning(org, audit_database, firm)
    async with served(GitHub()) as system, firm.acting("staff", engagement["id"]) as staff:
        connection = await connected(org, system)
        draft = {"connection_id": connection["id"], "kind": "request", "subject_id": (await drafted(staff))["id"]}
        problem(await org.manager.post("/v1/tickets", json=draft), 422, "unknown-ticket-subject")
        asked = await released(staff)
        ticket = created(await org.manager.post("/v1/tickets", json=draft | {"subject_id": asked["id"]}))
        await ticket_that(org, ticket, opened)
        assert [each["title"] for each in system.issues] == [asked["title"]]
        assert asked["text"] not in system.issues[0]["body"]
        problem(await org.risk.get(f"/v1/tickets/{ticket['id']}"), 404, "not-found")  # who may not read requests
        assert ok(await org.risk.get("/v1/tickets"))["items"] == []
        path = f"/v1/requests/{asked['id']}"
        ok(await staff.post(f"{path}/cancellations", json={"reason": "Asked for elsewhere."}))
        closed = await ticket_that(org, ticket, lambda read: read["state"] == "closed")
        assert closed["awaits_check"] is False


async def test_requests_about_tickets_are_forgotten_after_thirty_days(org: Organisation, stack: Stack) -> None:
    async with served(GitHub()) as system:
        ticket = await in_step(org, await connected(org, system), await an_issue(org))
        oldest, *others = await calls_of(org, ticket)
        async with superuser(stack, "integrations") as database:
            await database.execute(
                "update ticket_calls set started_at = $2 where id = $1",
                uuid.UUID(oldest["id"]),
                datetime.now(UTC) - timedelta(days=31),
            )
        ok(await org.manager.post("/v1/services/integrations/sweeps"))
        left = {each["id"] for each in await calls_of(org, ticket)}
        assert oldest["id"] not in left
        assert {each["id"] for each in others} <= left
