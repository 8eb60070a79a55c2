"""Webhooks out, to a real receiver: delivered, signed, tried again, left alone, replayed; and to whom they are not."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest

from deploy.local.stack import Stack
from tests.evidence.test_uploads import listening_at
from tests.integrations.given import trail
from tests.integrations.receiver import Received, Receiver, Reply, receiving
from tests.integrations.webhooks import (
    ENDPOINT,
    a_control,
    attempts_of,
    deliveries_of,
    endpoint_at,
    in_state,
    read,
)
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, newcomer, ok, person, problem


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as listening:
        yield listening


async def came(receiver: Receiver, count: int = 1, path: str = "/hook") -> list[Received]:
    """What came that is no test, as soon as it is so many."""

    async def so_many() -> list[Received] | None:
        events = receiver.events(path)
        return events if len(events) >= count else None

    return await eventually(so_many)


async def told(org: Organisation, endpoint: dict[str, Any]) -> list[str]:
    events = await trail(org, endpoint["id"])
    return [event["type"].removeprefix("integrations.webhook_endpoint.") for event in events]


async def due_now(stack: Stack, endpoint: dict[str, Any]) -> None:
    """Let what waits for an endpoint wait no longer, once what came of the attempts under way is recorded."""
    async with superuser(stack, "integrations") as connection:
        key = uuid.UUID(endpoint["id"])
        under_way = "select exists (select from webhook_deliveries where endpoint_id = $1 and state = 'sending')"

        async def at_rest() -> bool:
            return not await connection.fetchval(under_way, key)

        await eventually(at_rest)
        past = datetime.now(UTC) - timedelta(seconds=1)
        await connection.execute(
            "update webhook_deliveries set due_at = $2 where endpoint_id = $1 and state = 'waiting'", key, past
        )
        await connection.execute(
            "update webhook_queues set due_at = $2, breaker_until = null, throttled_until = null, paid_until = null"
            " where endpoint_id = $1",
            key,
            past,
        )


async def test_an_event_is_delivered_once_signed_with_what_was_shown(org: Organisation, receiver: Receiver) -> None:
    endpoint = await endpoint_at(org, receiver)
    assert endpoint["status"] == "pending"
    assert endpoint["secret"] is None
    assert await told(org, endpoint) == ["registered", "secret_issued", "tested", "activated"]
    assert receiver.received[0].is_signed_with(endpoint["public_key"])
    began = time.monotonic()
    control = await a_control(org)
    (webhook,) = await came(receiver)
    assert time.monotonic() - began < 5
    assert webhook.is_signed_with(endpoint["public_key"])
    assert webhook.headers["content-type"].startswith("application/cloudevents+json")
    event = webhook.event
    assert (event["type"], event["subject"]) == ("controls.control.defined", control["id"])
    assert event["data"]["url"] == f"/v1/controls/{control['id']}"
    assert webhook.id == event["id"]
    assert b"nobody else" not in webhook.body
    (delivery,) = await in_state(org, endpoint, "delivered")
    assert (delivery["message_id"], delivery["last_status"], delivery["attempts"]) == (webhook.id, 204, 1)
    path = f"/v1/webhook-deliveries/{delivery['id']}"
    assert ok(await org.manager.get(path)) == delivery
    assert json.loads(ok(await org.manager.get(f"{path}/message"))["body"]) == event
    (attempt,) = await attempts_of(org, delivery)
    assert (attempt["number"], attempt["status"], attempt["signed"], attempt["retry_at"]) == (1, 204, "v1a", None)
    await asyncio.sleep(0.5)
    assert len(receiver.events()) == 1


async def test_secrets_overlap_while_they_are_rotated(org: Organisation, receiver: Receiver) -> None:
    endpoint = await endpoint_at(org, receiver, scheme="v1")
    url = f"/v1/webhook-endpoints/{endpoint['id']}/secrets"
    new = created(await org.manager.post(url, json={"scheme": "v1a", "overlap_hours": 2}))
    first, second = ok(await org.manager.get(url))["items"]
    assert (first["scheme"], second["scheme"], second["expires_at"]) == ("v1", "v1a", None)
    assert second["public_key"] == new["public_key"]
    assert endpoint["secret"] not in json.dumps([first, second, await trail(org, endpoint["id"])])
    await a_control(org)
    (webhook,) = await came(receiver)
    assert webhook.is_signed_with(endpoint["secret"])
    assert webhook.is_signed_with(new["public_key"])
    problem(await org.manager.post(f"{url}/{uuid.uuid4()}/revocations"), 404, "not-found")
    ok(await org.manager.post(f"{url}/{first['id']}/revocations"))
    problem(await org.manager.post(f"{url}/{first['id']}/revocations"), 409, "conflict")
    problem(await org.manager.post(f"{url}/{second['id']}/revocations"), 409, "last-webhook-secret")
    await a_control(org)
    webhook = (await came(receiver, 2))[1]
    assert not webhook.is_signed_with(endpoint["secret"])
    assert webhook.is_signed_with(new["public_key"])
    assert not webhook.is_signed_with(new["public_key"], now=time.time() + 400)
    for _ in range(4):
        created(await org.manager.post(url, json={"overlap_hours": 168}))
    problem(await org.manager.post(url, json={}), 409, "too-many-webhook-secrets")


async def test_a_failure_is_tried_again_with_the_same_id_and_bytes(
    org: Organisation, receiver: Receiver, stack: Stack
) -> None:
    endpoint = await endpoint_at(org, receiver)
    replies = iter([Reply(500, body=b"\xff\x00oops" + b"x" * 9000), Reply(302, {"Location": receiver.url("/other")})])
    receiver.answering = lambda _: next(replies, Reply())
    await a_control(org)
    await came(receiver)
    await due_now(stack, endpoint)
    for count in (2, 3):
        await came(receiver, count)
        await due_now(stack, endpoint)
    (delivery,) = await in_state(org, endpoint, "delivered")
    first, second, third = receiver.events()
    assert first.id == second.id == third.id
    assert first.body == second.body == third.body
    assert third.is_signed_with(endpoint["public_key"])
    assert receiver.events("/other") == []
    attempts = await attempts_of(org, delivery)
    assert [(each["number"], each["status"]) for each in attempts] == [(1, 500), (2, 302), (3, 204)]
    assert attempts[0]["excerpt"].startswith("\ufffd\ufffdoops")
    assert len(attempts[0]["excerpt"]) == 4096
    assert attempts[0]["retry_at"] is not None


async def test_an_endpoint_that_is_not_there_is_named_by_a_code(org: Organisation, receiver: Receiver) -> None:
    endpoint = await endpoint_at(org, receiver)
    receiver.answering = lambda _: Reply(None)
    await a_control(org)
    delivery = (await in_state(org, endpoint, "waiting"))[0]

    async def tried() -> list[dict[str, Any]]:
        return await attempts_of(org, delivery)

    (attempt,) = await eventually(tried)
    assert (attempt["status"], attempt["code"]) == (None, "not_reachable")
    standing = (await read(org, endpoint))["standing"]
    assert standing["failing_since"] is not None
    assert standing["waiting"] == 1


async def test_only_what_answers_a_test_is_delivered_to(org: Organisation, receiver: Receiver) -> None:
    receiver.answering = lambda _: Reply(401)
    draft = ENDPOINT | {"url": receiver.url()}
    endpoint = created(await org.manager.post("/v1/webhook-endpoints", json=draft))
    path = f"/v1/webhook-endpoints/{endpoint['id']}"

    async def failed() -> list[dict[str, Any]] | None:
        params = {"endpoint_id": endpoint["id"], "state": "failed"}
        return ok(await org.manager.get("/v1/webhook-deliveries", params=params))["items"] or None

    (test,) = await eventually(failed)
    assert (test["is_test"], test["attempts"], test["last_status"]) == (True, 1, 401)
    await a_control(org)
    await in_state(org, endpoint, "waiting")
    assert receiver.events() == []
    receiver.answering = lambda _: Reply()
    again = created(await org.manager.post(f"{path}/tests"))
    assert again["is_test"] is True
    await came(receiver)
    assert (await read(org, endpoint))["status"] == "active"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
async def test_no_address_inside_is_reached(org: Organisation, receiver: Receiver, host: str) -> None:
    url = f"http://{host}:{receiver.port}/hook"
    endpoint = created(await org.manager.post("/v1/webhook-endpoints", json=ENDPOINT | {"url": url}))

    async def failed() -> str | None:
        params = {"endpoint_id": endpoint["id"], "state": "failed"}
        items = ok(await org.manager.get("/v1/webhook-deliveries", params=params))["items"]
        return items[0]["last_code"] if items else None

    assert await eventually(failed) == "address_not_allowed"
    assert receiver.received == []
    assert (await read(org, endpoint))["status"] == "pending"


async def test_an_endpoint_that_is_gone_is_disabled_and_what_is_for_it_waits(
    org: Organisation, receiver: Receiver
) -> None:
    endpoint = await endpoint_at(org, receiver)
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    problem(await org.manager.post(f"{path}/activations"), 409, "conflict")
    receiver.answering = lambda _: Reply(410)
    await a_control(org)

    async def disabled() -> bool:
        return bool((await read(org, endpoint))["status"] == "disabled")

    await eventually(disabled)
    assert (await read(org, endpoint))["disabled_for"] == "gone"
    receiver.answering = lambda _: Reply()
    await a_control(org)
    await in_state(org, endpoint, "waiting", 2)
    ok(await org.manager.post(f"{path}/activations"))
    await in_state(org, endpoint, "delivered", 1)
    assert len({each.id for each in receiver.events()}) == 2
    assert (await told(org, endpoint))[4:] == ["disabled", "tested", "activated"]


async def test_a_person_may_disable_and_retire_an_endpoint(org: Organisation, receiver: Receiver) -> None:
    endpoint = await endpoint_at(org, receiver)
    path, why = f"/v1/webhook-endpoints/{endpoint['id']}", {"reason": "It moves."}
    assert ok(await org.manager.post(f"{path}/disablements", json=why))["disabled_for"] == "by_hand"
    problem(await org.manager.post(f"{path}/disablements", json=why), 409, "conflict")
    assert ok(await org.manager.post(f"{path}/retirements", json=why))["status"] == "retired"
    for verb, body in (
        ("tests", None),
        ("activations", None),
        ("disablements", why),
        ("retirements", why),
        ("secrets", {}),
        ("recoveries", {"since": "2026-01-01T00:00:00Z"}),
    ):
        problem(await org.manager.post(f"{path}/{verb}", json=body), 409, "conflict")
    problem(await org.manager.patch(path, json={"rate": 1}, headers={"If-Match": "*"}), 409, "conflict")
    await a_control(org)
    await asyncio.sleep(0.5)
    assert await deliveries_of(org, endpoint) == []


async def test_what_failed_is_sent_again_on_demand(org: Organisation, receiver: Receiver, stack: Stack) -> None:
    endpoint = await endpoint_at(org, receiver)
    await a_control(org)
    (delivered,) = await in_state(org, endpoint, "delivered")
    replay = f"/v1/webhook-deliveries/{delivered['id']}/replays"
    assert ok(await org.manager.post(replay))["state"] == "waiting"
    first, second = await came(receiver, 2)
    assert (first.id, first.body) == (second.id, second.body)
    await in_state(org, endpoint, "delivered")
    async with superuser(stack, "integrations") as connection:
        await connection.execute(
            "update webhook_deliveries set state = 'failed', due_at = null where endpoint_id = $1 and not is_test",
            uuid.UUID(endpoint["id"]),
        )
    recover = f"/v1/webhook-endpoints/{endpoint['id']}/recoveries"
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert ok(await org.manager.post(recover, json={"since": later}))["recovered"] == 0
    assert ok(await org.manager.post(recover, json={"since": delivered["created_at"]}))["recovered"] == 1
    await came(receiver, 3)
    await in_state(org, endpoint, "delivered")
    assert (await told(org, endpoint))[4:] == ["replayed", "replayed"]
    receiver.answering = lambda _: Reply(500)
    await a_control(org)
    waiting = (await in_state(org, endpoint, "waiting"))[0]
    problem(await org.manager.post(f"/v1/webhook-deliveries/{waiting['id']}/replays"), 409, "conflict")


async def test_an_ordered_endpoint_gets_the_events_of_a_thing_one_after_the_other(
    org: Organisation, receiver: Receiver, stack: Stack
) -> None:
    endpoint = await endpoint_at(org, receiver, ordered=True)
    receiver.answering = lambda received: Reply(500 if received.event["version"] == 1 else 204)
    control, other = await a_control(org), await a_control(org)
    path = f"/v1/controls/{control['id']}"
    ok(await org.manager.patch(path, json={"title": "Another"}, headers={"If-Match": "*"}))
    await in_state(org, endpoint, "waiting", 3)
    await came(receiver, 2)
    await asyncio.sleep(0.5)
    assert {(each.event["subject"], each.event["version"]) for each in receiver.events()} == {
        (control["id"], 1),
        (other["id"], 1),
    }
    receiver.answering = lambda _: Reply()
    await due_now(stack, endpoint)
    await in_state(org, endpoint, "delivered", 3)
    of_it = [each.event["version"] for each in receiver.events() if each.event["subject"] == control["id"]]
    assert of_it[0] == 1
    assert of_it[-1] == 2


async def test_only_what_meets_the_conditions_is_delivered(org: Organisation, receiver: Receiver) -> None:
    only = {"field": "code", "values": ["C-2"]}
    await endpoint_at(org, receiver, conditions=[only])
    await a_control(org, "C-1")
    control = await a_control(org, "C-2")
    await came(receiver)
    await asyncio.sleep(0.5)
    assert [each.event["subject"] for each in receiver.events()] == [control["id"]]


async def test_nothing_is_told_that_the_owner_may_not_read(org: Organisation, receiver: Receiver) -> None:
    nora = await newcomer(org, "nora")
    await endpoint_at(org, receiver, "/nora", owner=nora["id"])  # who is in the directory and has no role
    await endpoint_at(org, receiver)
    await a_control(org)
    await came(receiver)
    await asyncio.sleep(0.5)
    assert receiver.events("/nora") == []


async def test_what_the_owner_may_no_longer_read_is_withheld(
    org: Organisation, receiver: Receiver, stack: Stack
) -> None:
    endpoint = await endpoint_at(org, receiver)
    receiver.answering = lambda _: Reply(500)
    await a_control(org)
    await came(receiver)
    await in_state(org, endpoint, "waiting")
    dana = await person(org, "dana")
    ok(await org.admin.post(f"/v1/people/{dana['id']}/departures", json={}))

    async def withheld() -> bool:
        await due_now(stack, endpoint)
        return bool(await deliveries_of(org, endpoint, state="withheld"))

    await eventually(withheld, every=0.3)


async def test_a_sender_that_is_killed_between_request_and_answer_sends_it_again(
    org: Organisation, receiver: Receiver, stack: Stack
) -> None:
    endpoint = await endpoint_at(org, receiver)
    receiver.answering = lambda _: Reply(after=20)
    await a_control(org)
    await came(receiver)
    psutil.Process(listening_at(stack.service_url("integrations"))).kill()
    receiver.answering = lambda _: Reply()

    async def up() -> bool:
        answer = await org.manager.get("/v1/webhook-endpoints")
        return answer.status_code == 200

    await eventually(up)
    async with superuser(stack, "integrations") as connection:  # the lease runs out
        past = datetime.now(UTC) - timedelta(seconds=1)
        await connection.execute(
            "update webhook_deliveries set due_at = $2 where endpoint_id = $1 and state = 'sending'",
            uuid.UUID(endpoint["id"]),
            past,
        )
        await connection.execute(
            "update webhook_queues set due_at = $2 where endpoint_id = $1", uuid.UUID(endpoint["id"]), past
        )
    (delivery,) = await in_state(org, endpoint, "delivered")
    first, second = receiver.events()
    assert (first.id, first.body) == (second.id, second.body)
    attempts = await attempts_of(org, delivery)
    assert [(each["number"], each["status"], each["code"]) for each in attempts] == [
        (1, None, "interrupted"),
        (2, 204, None),
    ]


async def test_days_of_failure_are_announced_before_an_endpoint_is_disabled(
    org: Organisation, receiver: Receiver, stack: Stack
) -> None:
    endpoint = await endpoint_at(org, receiver)
    receiver.answering = lambda _: Reply(500)

    async def fail_after(days: float, failures: int) -> None:
        await a_control(org)
        async with superuser(stack, "integrations") as connection:
            await connection.execute(
                "update webhook_queues set failing_since = $2, failures = $3, last_failed_at = null, paid_until = null"
                " where endpoint_id = $1",
                uuid.UUID(endpoint["id"]),
                datetime.now(UTC) - timedelta(days=days),
                failures,
            )
        await due_now(stack, endpoint)

        async def failed() -> bool:
            return (await read(org, endpoint))["standing"]["last_failed_at"] is not None

        await eventually(failed)

    await fail_after(1.1, 3)
    await fail_after(3.1, 5)
    await fail_after(5.1, 30)

    async def disabled() -> bool:
        return bool((await read(org, endpoint))["disabled_for"] == "failing")

    await eventually(disabled)
    told_of = [event for event in await trail(org, endpoint["id"]) if event["type"].endswith((".failing", ".disabled"))]
    assert [event["data"].get("days", event["data"].get("disabled_for")) for event in told_of] == [1, 3, "failing"]


async def test_another_address_answers_a_test_first(org: Organisation, receiver: Receiver) -> None:
    endpoint = await endpoint_at(org, receiver)
    path, change = f"/v1/webhook-endpoints/{endpoint['id']}", {"url": receiver.url("/moved")}
    problem(await org.manager.patch(path, json=change), 428, "precondition-required")
    version = (await read(org, endpoint))["version"]
    moved = await org.manager.patch(path, json=change, headers={"If-Match": f'"{version}"'})
    assert ok(moved)["status"] == "pending"
    problem(await org.manager.patch(path, json=change, headers={"If-Match": f'"{version}"'}), 412, "stale")
    await a_control(org)
    await came(receiver, path="/moved")
    assert (await read(org, endpoint))["status"] == "active"


INVALID: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://example.com/"}, "/url"),
    ({"url": "https://user:secret@example.com/"}, "/url"),
    ({"url": "https://127.1/"}, "/url"),
    ({"url": "https://example.com/#top"}, "/url"),
    ({"url": "https://example.com:99999/"}, "/url"),
    ({"types": []}, "/types"),
    ({"types": ["controls.*", "controls.nothing.*"]}, "/types/1"),
    ({"types": ["Controls"]}, "/types/0"),
    ({"types": ["gateway.signing_key.*"]}, "/types/0"),
    ({"types": ["audit.paper.*"]}, "/types/0"),
    ({"conditions": [{"field": "verdict", "values": ["a"]}]}, "/conditions/0/field"),
    ({"conditions": [{"field": "title", "values": ["a"]}]}, "/conditions/0/field"),
    ({"conditions": [{"field": "code", "values": []}]}, "/conditions/0/values"),
    ({"rate": 0}, "/rate"),
    ({"concurrency": 21}, "/concurrency"),
    ({"scheme": "v2"}, "/scheme"),
]


@pytest.mark.parametrize(("changes", "pointer"), INVALID)
async def test_what_is_invalid_is_named(org: Organisation, changes: dict[str, Any], pointer: str) -> None:
    draft = ENDPOINT | {"url": "https://hooks.example.com/attest"} | changes
    refused = problem(await org.manager.post("/v1/webhook-endpoints", json=draft), 422, "invalid")
    assert pointer in {each["pointer"] for each in refused["errors"]}


async def test_who_may_see_and_set_up_endpoints(org: Organisation, other_org: Organisation, receiver: Receiver) -> None:
    endpoint = await endpoint_at(org, receiver)
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    test = ok(await org.manager.get("/v1/webhook-deliveries"))["items"][0]
    delivery = f"/v1/webhook-deliveries/{test['id']}"
    for member in (org.owner, org.viewer, org.monitor):
        problem(await member.get("/v1/webhook-endpoints"), 403, "forbidden")
        problem(await member.get("/v1/webhook-deliveries"), 403, "forbidden")
        problem(await member.post("/v1/webhook-endpoints", json=ENDPOINT), 403, "forbidden")
    why, since = {"reason": "x"}, {"since": "2026-01-01T00:00:00Z"}
    for method, at, body in (
        ("GET", path, None),
        ("GET", f"{path}/secrets", None),
        ("GET", delivery, None),
        ("GET", f"{delivery}/message", None),
        ("GET", f"{delivery}/attempts", None),
        ("PATCH", path, {"title": "x"}),
        ("POST", f"{path}/tests", None),
        ("POST", f"{path}/activations", None),
        ("POST", f"{path}/disablements", why),
        ("POST", f"{path}/retirements", why),
        ("POST", f"{path}/secrets", {}),
        ("POST", f"{path}/secrets/{uuid.uuid4()}/revocations", None),
        ("POST", f"{path}/recoveries", since),
        ("POST", f"{delivery}/replays", None),
    ):
        headers = {"If-Match": "*"} if method == "PATCH" else {}
        problem(await other_org.manager.request(method, at, json=body, headers=headers), 404, "not-found")
    assert ok(await other_org.manager.get("/v1/webhook-endpoints"))["items"] == []


async def test_an_owner_who_is_unknown_or_gone_is_refused(org: Organisation, receiver: Receiver) -> None:
    draft, unknown = ENDPOINT | {"url": receiver.url()}, {"owner": str(uuid.uuid4())}
    problem(await org.manager.post("/v1/webhook-endpoints", json=draft | unknown), 422, "unknown-person")
    endpoint, nora = await endpoint_at(org, receiver), await newcomer(org, "nora")
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    problem(await org.manager.patch(path, json=unknown, headers={"If-Match": "*"}), 422, "unknown-person")
    ok(await org.admin.post(f"/v1/people/{nora['id']}/departures", json={}))

    async def refused_as_gone() -> bool:
        answer = await org.manager.patch(path, json={"owner": nora["id"]}, headers={"If-Match": "*"})
        return bool(answer.status_code == 422 and answer.json()["type"] == "/problems/person-gone")

    await eventually(refused_as_gone)
    problem(await org.manager.post("/v1/webhook-endpoints", json=draft | {"owner": nora["id"]}), 422, "person-gone")


async def test_what_a_leaver_owns_is_handed_over(org: Organisation, receiver: Receiver) -> None:
    nora, lee = await newcomer(org, "nora"), await person(org, "lee")
    endpoint = await endpoint_at(org, receiver, owner=nora["id"])
    ok(await org.admin.post(f"/v1/people/{nora['id']}/handovers", json={"to": lee["id"], "reason": "She left."}))

    async def handed_over() -> bool:
        return bool((await read(org, endpoint))["owner"] == lee)

    await eventually(handed_over)


async def test_what_was_delivered_long_ago_is_forgotten(org: Organisation, receiver: Receiver, stack: Stack) -> None:
    endpoint = await endpoint_at(org, receiver)
    await a_control(org)
    (old,) = await in_state(org, endpoint, "delivered")
    await a_control(org)
    recent = [each for each in await in_state(org, endpoint, "delivered", 2) if each["id"] != old["id"]]
    async with superuser(stack, "integrations") as connection:
        await connection.execute(
            "update webhook_messages set heard_at = $2 where id = $1",
            uuid.UUID(old["message_id"]),
            datetime.now(UTC) - timedelta(days=31),
        )
        ok(await org.manager.post("/v1/services/integrations/sweeps"))
        left = await connection.fetchval(
            "select count(*) from webhook_attempts where delivery_id = $1", uuid.UUID(old["id"])
        )
    assert left == 0
    assert await deliveries_of(org, endpoint) == recent
    problem(await org.manager.get(f"/v1/webhook-deliveries/{old['id']}"), 404, "not-found")
