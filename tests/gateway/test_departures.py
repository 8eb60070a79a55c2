"""People leave, hand over what they were responsible for, and return."""

import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from deploy.local.stack import Stack
from services.gateway.organisations.departures.actions import stop_clients_of_leavers
from shared.data.sessions import Database
from tests.gateway.support import newcomer, token_for
from tests.support import Organisation, created, eventually, ok, problem, settings_of

REASON = {"reason": "She moved to another company."}


async def a_person_with_a_client(org: Organisation) -> tuple[str, dict[str, str]]:
    """Nora, a member, and the credentials of an API client that she is responsible for."""
    person = created(await org.admin.post("/v1/members", json=newcomer("nora")))["person"]["id"]
    draft = {"title": "Exporter", "roles": ["viewer"], "responsible": "nora@example.com"}
    client = created(await org.admin.post("/v1/api-clients", json=draft))
    assert client["responsible"] == {"id": person, "name": "Nora"}
    return person, {"client_id": client["id"], "client_secret": client["client_secret"]}


async def test_who_left_acts_no_more_and_may_return_as_the_same_person(org: Organisation) -> None:
    person, _ = await a_person_with_a_client(org)
    url = f"/v1/people/{person}"
    left = ok(await org.admin.post(f"{url}/departures", json=REASON))
    assert (left["status"], left["roles"]) == ("left", [])
    assert left["left_on"] == datetime.now(UTC).date().isoformat()
    problem(await org.admin.post(f"{url}/departures", json={}), 409, "conflict")
    members = ok(await org.admin.get("/v1/members", params={"person": person}))["items"]
    assert [member["status"] for member in members] == ["removed"]
    gone = await org.admin.post("/v1/members", json={"person": person, "roles": ["viewer"]})
    assert problem(gone, 422, "person-gone")["errors"][0]["pointer"] == "/person"
    another = await org.admin.post("/v1/people", json={"name": "Nora", "emails": ["nora@example.com"]})
    problem(another, 409, "address-used-before")
    told = ok(await org.admin.get("/v1/services/gateway/trail", params={"subject": person}))["items"]
    assert [(each["type"], each["version"]) for each in told] == [
        ("gateway.person.added", 1),
        ("gateway.person.left", 2),
    ], "of two events of one version, who hears them apart would keep the first"
    back = ok(await org.admin.post(f"{url}/returns", json={}))
    assert (back["id"], back["status"], back["left_on"]) == (person, "active", None)
    created(await org.admin.post("/v1/members", json={"person": "nora@example.com", "roles": ["viewer"]}))


async def test_the_programs_of_a_leaver_stop_after_seven_days(org: Organisation, stack: Stack) -> None:
    person, credentials = await a_person_with_a_client(org)
    ok(await org.admin.post(f"/v1/people/{person}/departures", json=REASON))
    ok(await token_for(stack.url, **credentials))
    assert await sweep(stack, org, timedelta(days=6)) == 0
    assert await sweep(stack, org, timedelta(days=7)) == 1
    client = ok(await org.admin.get(f"/v1/api-clients/{credentials['client_id']}"))
    assert client["status"] == "revoked"
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"subject": client["id"], "sort": "-id"}))
    assert trail["items"][0]["actor"] == "system"
    assert trail["items"][0]["person"] is None


async def test_programs_that_are_handed_over_go_on(org: Organisation, stack: Stack) -> None:
    person, credentials = await a_person_with_a_client(org)
    kim = ok(await org.admin.get("/v1/people", params={"email": "kim@example.com"}))["items"][0]["id"]
    token = ok(await token_for(stack.url, **credentials))["access_token"]
    ok(await org.admin.post(f"/v1/people/{person}/departures", json=REASON))
    handover = {"to": "kim@example.com", "reason": "Kim looks after it."}
    ok(await org.admin.post(f"/v1/people/{person}/handovers", json=handover))
    client = ok(await org.admin.get(f"/v1/api-clients/{credentials['client_id']}"))
    assert client["responsible"] == {"id": kim, "name": "Kim"}
    assert await sweep(stack, org, timedelta(days=30)) == 0
    renewed = ok(await token_for(stack.url, **credentials))["access_token"]
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {renewed}"}) as program:
        assert ok(await program.get("/v1/me"))["person"]["id"] == kim
    async with httpx.AsyncClient(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}) as program:

        async def withdrawn() -> httpx.Response | None:
            """Services hear within a second that the client's older tokens are withdrawn."""
            answer = await program.get("/v1/me")
            return answer if answer.status_code != httpx.codes.OK else None

        problem(await eventually(withdrawn), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("handover", "slug", "pointer"),
    [
        ({"to": "nora@example.com", "reason": "x"}, "hands-over-to-themselves", "/to"),
        ({"to": "who@example.com", "reason": "x"}, "unknown-person", "/to"),
        ({"to": "kim@example.com"}, "invalid", "/reason"),
    ],
)
async def test_what_is_not_valid_is_named(org: Organisation, handover: dict[str, str], slug: str, pointer: str) -> None:
    person, _ = await a_person_with_a_client(org)
    answer = await org.admin.post(f"/v1/people/{person}/handovers", json=handover)
    assert problem(answer, 422, slug)["errors"][0]["pointer"] == pointer


async def test_nobody_leaves_in_the_future_and_not_the_last_administrator(org: Organisation) -> None:
    person, _ = await a_person_with_a_client(org)
    tomorrow = {"on": (datetime.now(UTC).date() + timedelta(days=2)).isoformat()}
    answer = await org.admin.post(f"/v1/people/{person}/departures", json=tomorrow)
    assert problem(answer, 422, "leaves-in-the-future")["errors"][0]["pointer"] == "/on"
    problem(await org.manager.post(f"/v1/people/{person}/departures", json={}), 403, "forbidden")
    problem(await org.admin.post(f"/v1/people/{uuid.uuid4()}/departures", json={}), 404, "not-found")


async def sweep(stack: Stack, org: Organisation, later: timedelta) -> int:
    """What the clock does in the organisation, so much later."""
    database = Database(settings_of(stack, "gateway"))
    try:
        async with database.transaction(uuid.UUID(org.id)) as session:
            return await stop_clients_of_leavers(session, as_of=datetime.now(UTC) + later, limit=100)
    finally:
        await database.close()
