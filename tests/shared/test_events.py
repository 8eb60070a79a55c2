"""Events: each has its effect once, whatever arrives twice, late, broken or from the wrong sender."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import nats
import pytest
from nats.aio.client import Client

from deploy.local.stack import Stack
from deploy.story import expect_evidence, implemented_control
from shared.events.bus import Bus, Message
from tests.bench.seed import unfenced
from tests.support import Organisation, eventually, ok, problem, settings_of, staffed

DEAD = "/v1/services/controls/dead-letters"
ACCEPTED = "evidence.item.accepted"


@pytest.fixture
async def as_evidence(stack: Stack) -> AsyncIterator[Client]:
    """NATS with the evidence service's credentials, which publish below `events.evidence` only."""
    environment = stack.environment("evidence")
    connection = await nats.connect(
        environment["ATTEST_NATS_URL"],
        user=environment["ATTEST_NATS_USER"],
        password=environment["ATTEST_NATS_PASSWORD"],
        inbox_prefix=b"_INBOX.evidence",
    )
    yield connection
    await connection.close()


def _event(
    org: str, control: str, expectation: str, *, item: str, version: int, kind: str = ACCEPTED
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/services/evidence",
        "type": kind,
        "subject": item,
        "time": datetime.now(UTC).isoformat(),
        "orgid": org,
        "actor": "client",
        "version": version,
        "data": {
            "title": "Access review",
            "covers_from": "2026-01-01T00:00:00Z",
            "covers_until": "2026-02-01T00:00:00Z",
            "accepted_at": "2026-02-02T00:00:00Z",
            **({"corrected": False} if kind == "evidence.item.superseded" else {}),
            "proves": [{"expectation_id": expectation, "control_id": control, "valid_until": None}],
        },
    }


async def _publish(client: Client, event: dict[str, Any], message_id: str | None = None) -> None:
    headers = {"Nats-Msg-Id": message_id or event["id"]}
    await client.jetstream().publish(f"events.{event['type']}", json.dumps(event).encode(), headers=headers)


async def _health(org: Organisation, control: str, state: str) -> dict[str, Any]:
    async def reached() -> dict[str, Any] | None:
        health = ok(await org.viewer.get(f"/v1/controls/{control}/health"))
        return health if health["state"] == state else None

    return await eventually(reached)


async def _letters(org: Organisation) -> list[dict[str, Any]]:
    async def buried() -> list[dict[str, Any]]:
        return list(ok(await org.admin.get(DEAD))["items"])

    return await eventually(buried)


async def _proven_control(org: Organisation, code: str = "AC-01") -> tuple[str, str]:
    await staffed(org)
    control = await implemented_control(org, code)
    expectation = await expect_evidence(org, control)

    async def expected() -> bool:
        health = ok(await org.viewer.get(f"/v1/controls/{control}/health"))
        return "has been accepted" in health["reasons"][0]

    await eventually(expected)
    return control, expectation


async def test_an_event_delivered_twice_has_one_effect(org: Organisation, as_evidence: Client) -> None:
    control, expectation = await _proven_control(org)
    event = _event(org.id, control, expectation, item=str(uuid.uuid4()), version=1)
    for attempt in range(3):
        await _publish(as_evidence, event, f"{event['id']}-{attempt}")  # past the broker's own deduplication
    version = (await _health(org, control, "healthy"))["version"]
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": control}))["items"]
    assert [each["type"] for each in trail].count("controls.health.proven") == 1
    assert ok(await org.viewer.get(f"/v1/controls/{control}/health"))["version"] == version


async def test_what_comes_late_does_not_undo_what_is_newer(org: Organisation, as_evidence: Client) -> None:
    control, expectation = await _proven_control(org)
    item = str(uuid.uuid4())
    expired = _event(org.id, control, expectation, item=item, version=2, kind="evidence.item.expired")
    await _publish(as_evidence, expired)
    await _health(org, control, "failing")
    await _publish(as_evidence, _event(org.id, control, expectation, item=item, version=1))
    await _publish(as_evidence, _event(org.id, control, expectation, item=str(uuid.uuid4()), version=1))
    await _health(org, control, "healthy")
    later = _event(org.id, control, expectation, item=item, version=3, kind="evidence.item.superseded")
    await _publish(as_evidence, later)
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": control}))["items"]
    assert [each["type"] for each in trail].count("controls.health.failing") == 1


async def test_a_message_that_cannot_be_read_is_kept_with_its_reason(org: Organisation, as_evidence: Client) -> None:
    control, expectation = await _proven_control(org)
    event = _event(org.id, control, expectation, item=str(uuid.uuid4()), version=1)
    del event["data"]["title"]
    await _publish(as_evidence, event)
    letter = (await _letters(org))[0]
    assert letter["event_id"] == event["id"]
    assert letter["type"] == ACCEPTED
    assert "title" in letter["reason"]
    assert json.loads(letter["body"])["id"] == event["id"]
    refused = await org.admin.post(f"{DEAD}/{letter['id']}/replays")
    assert "title" in problem(refused, 409, "still-failing")["detail"]
    assert ok(await org.admin.get(f"{DEAD}/{letter['id']}"))["state"] == "waiting"
    problem(await org.admin.post(f"{DEAD}/{letter['id']}/dismissals", json={}), 422, "invalid")
    reason = {"reason": "Sent again correctly since"}
    dismissed = ok(await org.admin.post(f"{DEAD}/{letter['id']}/dismissals", json=reason))
    assert (dismissed["state"], dismissed["settled_reason"]) == ("dismissed", reason["reason"])
    problem(await org.admin.post(f"{DEAD}/{letter['id']}/replays"), 409, "already-settled")
    problem(await org.admin.post(f"{DEAD}/{letter['id']}/dismissals", json=reason), 409, "already-settled")


async def test_what_is_not_even_an_event_goes_to_the_operators(operator: Any, as_evidence: Client) -> None:
    marker = f"not an event at all \x00 {uuid.uuid4()}"
    await as_evidence.jetstream().publish(f"events.{ACCEPTED}", marker.encode())

    async def buried() -> bool:
        letters = ok(await operator.get(DEAD, params={"limit": 200}))["items"]
        return any(marker[-36:] in letter["body"] for letter in letters)

    assert await eventually(buried)


async def test_a_dead_letter_is_replayed_once(stack: Stack, org: Organisation) -> None:
    control, expectation = await _proven_control(org)
    event = _event(org.id, control, expectation, item=str(uuid.uuid4()), version=1)
    letter = await _put_dead_letter(stack, org.id, event)
    replayed = ok(await org.admin.post(f"{DEAD}/{letter}/replays"))
    assert replayed["settled_by"] == "Ada Admin"
    await _health(org, control, "healthy")
    problem(await org.admin.post(f"{DEAD}/{letter}/replays"), 409, "already-settled")
    assert ok(await org.admin.get(DEAD, params={"state": "waiting"}))["items"] == []


async def test_dead_letters_are_fenced_and_need_their_permission(
    stack: Stack, org: Organisation, other_org: Organisation
) -> None:
    event = _event(org.id, str(uuid.uuid4()), str(uuid.uuid4()), item=str(uuid.uuid4()), version=1)
    letter = await _put_dead_letter(stack, org.id, event)
    problem(await other_org.admin.get(f"{DEAD}/{letter}"), 404, "not-found")
    problem(await other_org.admin.post(f"{DEAD}/{letter}/replays"), 404, "not-found")
    problem(await org.viewer.get(DEAD), 403, "forbidden")
    problem(await org.manager.post(f"{DEAD}/{letter}/replays"), 403, "forbidden")


async def test_no_service_can_speak_for_another(as_evidence: Client) -> None:
    refusals: list[str] = []

    async def note(error: Exception) -> None:
        refusals.append(str(error))

    as_evidence._error_cb = note  # noqa: SLF001 - nats-py takes it at connect only
    with pytest.raises(nats.errors.Error):
        await as_evidence.jetstream(timeout=1).publish("events.controls.health.failing", b"{}")
    assert any("permissions violation" in refusal.lower() for refusal in refusals)


async def test_a_transaction_that_commits_late_is_not_skipped(stack: Stack, org: Organisation) -> None:
    """The relay looks for unpublished rows: a row with a lower number than those already sent is sent too."""
    await staffed(org)
    connection = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    late = connection.transaction()
    await late.start()
    await connection.execute("select set_config('app.org_id', $1, true)", org.id)
    event_id = await connection.fetchval(
        """insert into events (id, org_id, type, subject, version, actor, occurred_at, data)
           values (uuidv7(), $1, 'controls.control.defined', uuidv7(), 1, 'person', now(), '{"code":"L","title":"L"}')
           returning id""",
        org.id,
    )
    await implemented_control(org, "AC-01")
    trail = "/v1/services/controls/trail"

    async def others_published() -> bool:
        items = ok(await org.admin.get(trail))["items"]
        return bool(items) and all(each["published_at"] for each in items)

    await eventually(others_published)
    await late.commit()
    await connection.close()

    async def late_published() -> bool:
        return bool(ok(await org.admin.get(f"{trail}/{event_id}"))["published_at"])

    assert await eventually(late_published)


async def test_events_of_one_instant_have_each_its_effect_and_its_consequence(
    stack: Stack, org: Organisation, as_evidence: Client
) -> None:
    """They are heard at once, and yet the trail says of each control by which of them its health changed."""
    codes = [f"AC-{number:02}" for number in range(1, 9)]
    proven = [await _proven_control(org, code) for code in codes]
    instant, item_of = datetime.now(UTC).isoformat(), {control: str(uuid.uuid4()) for control, _ in proven}
    accepted = [
        _event(org.id, control, expectation, item=item_of[control], version=2) | {"time": instant}
        for control, expectation in proven
    ]
    await asyncio.gather(*(_publish(as_evidence, each) for each in accepted))
    for event, (control, _) in zip(accepted, proven, strict=True):
        await _health(org, control, "healthy")
        [change] = [each for each in await _changes(org, control) if each["state"] == "healthy"]
        assert change["cause"] == event["id"]


async def test_one_that_cannot_be_handled_keeps_no_other_of_its_instant_back(
    org: Organisation, as_evidence: Client
) -> None:
    controls = [await _proven_control(org, f"AC-{number:02}") for number in range(1, 5)]
    instant = datetime.now(UTC).isoformat()
    events = [
        _event(org.id, control, expectation, item=str(uuid.uuid4()), version=2) | {"time": instant}
        for control, expectation in controls
    ]
    events[1]["data"]["title"] = "PostgreSQL has no \0 in its texts"
    await asyncio.gather(*(_publish(as_evidence, each) for each in events))
    for place in (0, 2, 3):
        await _health(org, controls[place][0], "healthy")
    health = ok(await org.viewer.get(f"/v1/controls/{controls[1][0]}/health"))
    assert health["state"] == "unknown"


async def test_what_the_clock_brings_about_keeps_nobody_waiting(stack: Stack, org: Organisation) -> None:
    """Its events are published at a pace, and what a person does overtakes them, but not one about the same thing."""
    connection = await asyncpg.connect(unfenced(stack, "risk"))
    before = datetime.now(UTC)
    insert = """insert into events (id, org_id, type, subject, version, actor, occurred_at, data)
        select uuidv7(), $1, 'risk.risk.rated', coalesce($4, uuidv7()), 1, $2, now(), '{}' from generate_series(1, $3)
        returning seq"""
    about = uuid.uuid4()
    async with connection.transaction():
        await connection.execute(insert, uuid.UUID(org.id), "system", 2000, None)
        clock = await connection.fetchval(insert, uuid.UUID(org.id), "system", 1, about)
        same = await connection.fetchval(insert, uuid.UUID(org.id), "person", 1, about)
        other = await connection.fetchval(insert, uuid.UUID(org.id), "person", 1, None)
    left = "select count(*) from events where org_id = $1 and published_at is null"

    async def all_published() -> bool:
        return not await connection.fetchval(left, uuid.UUID(org.id))

    await eventually(all_published, within=30)
    rows = await connection.fetch("select seq, published_at from events where org_id = $1", uuid.UUID(org.id))
    when = {row["seq"]: row["published_at"] for row in rows}
    await connection.close()
    assert when[other] - before < timedelta(seconds=1)
    assert when[other] < when[clock] <= when[same]
    assert when[clock] - when[other] > timedelta(seconds=2)


async def test_whoever_brought_it_about_what_happens_to_a_thing_is_published_in_order(
    stack: Stack, org: Organisation
) -> None:
    connection = await asyncpg.connect(unfenced(stack, "risk"))
    await connection.execute(
        """insert into events (id, org_id, type, subject, version, actor, occurred_at, data)
           select uuidv7(), $1, 'risk.risk.rated', md5((random() * 20)::int::text)::uuid, 1,
                  case when random() < 0.5 then 'system' else 'person' end, now(), '{}'
           from generate_series(1, 2500)""",
        uuid.UUID(org.id),
    )
    left = "select count(*) from events where org_id = $1 and published_at is null"

    async def all_published() -> bool:
        return not await connection.fetchval(left, uuid.UUID(org.id))

    await eventually(all_published, within=30)
    out_of_order = await connection.fetchval(
        """select count(*) from (
               select published_at < max(published_at) over (partition by subject order by seq) as overtaken
               from events where org_id = $1
           ) each where overtaken""",
        uuid.UUID(org.id),
    )
    await connection.close()
    assert out_of_order == 0


async def test_many_are_published_as_one_batch_and_again_is_nothing(stack: Stack) -> None:
    bus = await Bus.connect(settings_of(stack, "risk"))
    await bus.ensure_stream()
    assert bus.takes_batches
    messages = [
        Message("events.risk.risk.tried", b'{"no": "event"}', {"Nats-Msg-Id": str(uuid.uuid4())}) for _ in range(60)
    ]
    first, again = await bus.publish(messages[:40]), await bus.publish(messages)
    assert (first, again) == ([True] * 40, [True] * 60)
    acks = [await bus.stream.publish(each.subject, each.body, headers=dict(each.headers)) for each in messages]
    assert all(ack.duplicate for ack in acks)
    places = [ack.seq for ack in acks]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    await bus.close()


async def test_a_batch_that_is_never_acknowledged_counts_as_not_published(stack: Stack) -> None:
    bus = await Bus.connect(settings_of(stack, "risk"))
    await bus.ensure_stream()
    elsewhere = [Message("elsewhere.risk", b"{}", {"Nats-Msg-Id": str(uuid.uuid4())}) for _ in range(30)]
    assert await bus.publish(elsewhere) == [False] * 30
    await bus.close()


async def _changes(org: Organisation, control: str) -> list[dict[str, Any]]:
    return list(ok(await org.viewer.get("/v1/control-health-changes", params={"control_id": control}))["items"])


async def _put_dead_letter(stack: Stack, org: str, event: dict[str, Any]) -> str:
    """A letter as the consumer buries one, for a message that an older version could not handle."""
    connection = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    async with connection.transaction():
        await connection.execute("select set_config('app.org_id', $1, true)", org)
        letter = await connection.fetchval(
            """insert into dead_letters (id, org_id, event_id, type, subject, body, reason, deliveries, buried_at)
               values (uuidv7(), $1, $2, $3, $4, $5, 'an older version could not handle it', 6, now()) returning id""",
            org,
            event["id"],
            event["type"],
            f"events.{event['type']}",
            json.dumps(event),
        )
    await connection.close()
    return str(letter)
