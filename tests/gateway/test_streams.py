"""The event stream: what happens is told once, in order, to who may read it, across lost connections."""

import asyncio
import uuid
from contextlib import AsyncExitStack

import asyncpg
import httpx
import pytest

from deploy.local.stack import Stack
from deploy.story import implemented_control
from services.gateway.live.stream_tickets.rules import Ticket, caller_of, kept
from services.gateway.live.stream_tickets.schemas import Wanted
from services.gateway.live.streams.actions import Listener
from services.gateway.live.streams.rules import Asked, Happening, is_over, place_in
from shared.clock import new_id, now
from shared.identity.callers import Caller
from shared.identity.permissions import P
from tests.gateway.streaming import opened, says, until
from tests.support import Organisation, created, ok, problem

IMPLEMENTED = "controls.control.implemented"


async def test_what_happens_is_told_and_told_again_from_where_a_reader_stopped(org: Organisation) -> None:
    async with opened(org.viewer) as messages:
        first = await implemented_control(org, "ST-01")
        told = await until(messages, says(IMPLEMENTED, first))
    places = [message["id"] for message in told]
    assert places == sorted(set(places))
    last = told[-1]["data"]
    assert last["data"] == {"kind": "control", "href": f"/v1/controls/{first}"}
    assert (last["specversion"], last["source"]) == ("1.0", "/services/controls")
    assert ok(await org.viewer.get(last["data"]["href"]))["version"] == last["version"]
    second = await implemented_control(org, "ST-02")
    async with opened(org.viewer, last=places[-1]) as messages:
        missed = await until(messages, says(IMPLEMENTED, second))
    assert first not in {message["data"]["subject"] for message in missed}
    async with opened(org.viewer, last_event_id=places[-1]) as messages:
        again = await until(messages, says(IMPLEMENTED, second))
    ids = [message["id"] for message in missed]
    assert [message["id"] for message in again][: len(ids)] == ids
    async with opened(org.viewer, last=places[0] - 1, type="controls.control", subject=first) as messages:
        chosen = await until(messages, says(IMPLEMENTED))
    assert {message["data"]["subject"] for message in chosen} == {first}
    assert {message["data"]["type"].rpartition(".")[0] for message in chosen} == {"controls.control"}


async def test_nobody_is_told_what_they_could_not_read(org: Organisation, other_org: Organisation) -> None:
    async with opened(other_org.viewer) as others, opened(org.monitor) as blind, opened(org.viewer) as messages:
        mine = await implemented_control(org, "ST-03")
        theirs = await implemented_control(other_org, "ST-03")
        await until(messages, says(IMPLEMENTED, mine))
        told = await until(others, says(IMPLEMENTED, theirs))
        assert mine not in {message["data"]["subject"] for message in told}
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await until(blind, lambda _: True)
    async with httpx.AsyncClient(base_url=str(org.viewer.base_url)) as nobody:
        problem(await nobody.get("/v1/events/stream"), 401, "unauthenticated")
    problem(await org.viewer.get("/v1/events/stream", params={"type": "Controls"}), 422, "invalid")


async def test_who_has_missed_something_is_told_so(org: Organisation, stack: Stack) -> None:
    control = await implemented_control(org, "ST-04")
    async with opened(org.viewer, last=0) as messages:
        first = (await until(messages, lambda _: True))[0]["id"]
    for last in ("99999999999", "not-a-place", "-1"):
        async with opened(org.viewer, last=last) as messages:
            (reset,) = await until(messages, lambda _: True)
        assert (reset["event"], reset["data"]["position"]) == ("reset", reset["id"])
    superuser = stack.environment("gateway")["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0] + "/gateway"
    connection = await asyncpg.connect(superuser)
    await connection.execute(
        "update stream_events set logged_at = logged_at - interval '25 hours' where org_id = $1", uuid.UUID(org.id)
    )
    await connection.close()
    ok(await org.manager.post("/v1/services/gateway/sweeps"))
    async with opened(org.viewer, last=first) as messages:
        (reset,) = await until(messages, lambda _: True)
        assert reset["event"] == "reset"
        again = await implemented_control(org, "ST-05")
        told = await until(messages, says(IMPLEMENTED, again))
    assert control not in {message["data"].get("subject") for message in told}


async def test_a_ticket_opens_one_stream_once(org: Organisation, stack: Stack) -> None:
    issued = created(await org.viewer.post("/v1/stream-tickets", json={"type": "controls.control.implemented"}))
    async with httpx.AsyncClient(base_url=stack.url) as browser:
        async with opened(browser, issued["path"]) as messages:
            control = await implemented_control(org, "ST-06")
            told = await until(messages, says(IMPLEMENTED, control))
            assert len(told) == 1
        problem(await browser.get(issued["path"]), 404, "not-found")
        path, _, secret = issued["path"].rpartition("/")
        problem(await browser.get(f"{path}/stream_x"), 404, "not-found")
        ticket = Ticket.read(secret)
        assert ticket is not None
        forged = Ticket(ticket.org_id, ticket.thing_id, bytes(32))
        fresh = created(await org.viewer.post("/v1/stream-tickets", json={}))
        opens = Ticket.read(fresh["path"].rpartition("/")[2])
        assert opens is not None
        problem(await browser.get(f"{path}/{Ticket(opens.org_id, opens.thing_id, forged.secret)}"), 404, "not-found")
        async with opened(browser, fresh["path"]):
            pass  # what was forged did not use it up
    log = stack.state.log("gateway").read_text(encoding="utf-8", errors="replace")
    assert secret not in log
    problem(await org.viewer.post("/v1/stream-tickets", json={"type": "x y"}), 422, "invalid")


async def test_a_stream_ends_with_the_rights_of_its_reader(org: Organisation, stack: Stack) -> None:
    client = created(await org.admin.post("/v1/api-clients", json={"title": "Screen", "roles": ["viewer"]}))
    named = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["client_secret"]}
    async with httpx.AsyncClient(base_url=stack.url) as screen:
        token = ok(await screen.post("/v1/oauth/token", data=named))["access_token"]
        screen.headers["Authorization"] = f"Bearer {token}"
        async with opened(screen) as messages:
            await implemented_control(org, "ST-07")
            await until(messages, says(IMPLEMENTED))
            reason = {"reason": "The screen was taken down."}
            ok(await org.admin.post(f"/v1/api-clients/{client['id']}/revocations", json=reason))
            await asyncio.sleep(1.5)
            await implemented_control(org, "ST-08")
            *_, end = await until(messages, lambda message: message.get("event") == "reauthenticate")
            assert end["data"]["reason"]
            assert [message async for message in messages] == []


async def test_one_caller_has_so_many_streams_at_most(org: Organisation) -> None:
    async with AsyncExitStack() as streams:
        for _ in range(50):
            await streams.enter_async_context(opened(org.viewer))
        refused = problem(await org.viewer.get("/v1/events/stream"), 429, "too-many-requests")
        assert "50" in refused["detail"]
        await streams.enter_async_context(opened(org.owner))


def asked(**wanted: object) -> Asked:
    """What a viewer of an organisation asked for."""
    caller = Caller(uuid.uuid4(), "client:1", frozenset({P.CONTROLS_READ}))
    return Asked(caller, frozenset({"control"}), Wanted.model_validate(wanted))


def test_a_slow_reader_is_lost_and_not_waited_for() -> None:
    subject = uuid.uuid4()
    happening = Happening(1, uuid.uuid4(), IMPLEMENTED, "control", subject, b"")
    listener = Listener(asked())
    for _ in range(1000):
        listener.tell(happening)
    assert not listener.lost
    listener.tell(happening)
    assert listener.lost
    assert listener.queue.qsize() == 1000


def test_filters_name_whole_parts_of_a_type() -> None:
    subject = uuid.uuid4()
    happening = Happening(1, uuid.uuid4(), IMPLEMENTED, "control", subject, b"")
    for heard in ({}, {"type": "controls"}, {"type": "controls.control"}, {"type": IMPLEMENTED}, {"subject": subject}):
        assert asked(**heard).hears(happening), heard
    for unheard in ({"type": "controls.con"}, {"type": "risk"}, {"subject": uuid.uuid4()}):
        assert not asked(**unheard).hears(happening), unheard
    assert not asked().hears(Happening(1, uuid.uuid4(), "risk.risk.rated", "risk", subject, b""))


def test_places_and_callers_are_kept_as_they_are() -> None:
    assert [place_in(text) for text in (None, "", "7", "7x", "-1", "9" * 30)] == [None, None, 7, -1, -1, -1]
    caller = Caller(
        uuid.uuid4(),
        "member:1",
        frozenset({P.CONTROLS_READ}),
        person=new_id(),
        rests_on={new_id(): 2},
        expires_at=now(),
    )
    assert caller_of(caller.org_id, kept(caller)) == caller
    assert is_over(caller, now())
    assert not is_over(Caller(uuid.uuid4(), "client:1", frozenset()), now())
