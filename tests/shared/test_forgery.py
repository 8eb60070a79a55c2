"""No service can make another believe anything: neither in its name, nor by a message that the reader chokes on."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.local.services import NAMES
from deploy.local.stack import Stack
from shared.events.bus import Bus
from shared.events.catalogue import trail
from shared.events.event import Heard
from shared.events.inbox import read
from shared.problems import Malformed
from tests.support import Organisation, eventually, ok, problem, settings_of

OTHER = {
    "gateway": "controls",
    "controls": "evidence",
    "evidence": "risk",
    "risk": "audit",
    "audit": "integrations",
    "integrations": "gateway",
}
HEARS_ITSELF = {"integrations"}  # it tells endpoints of its own events too


def _sealed(org: str, announcer: str) -> dict[str, Any]:
    """What every service hears of every other: how far its trail is sealed."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"/services/{announcer}",
        "type": trail.SEALED[announcer].name,
        "subject": org,
        "time": datetime.now(UTC).isoformat(),
        "orgid": org,
        "actor": "system",
        "version": 1,
        "data": {"position": 1, "digest": "ab" * 32, "seen": []},
    }


async def test_an_event_of_another_service_is_refused_by_every_listener(stack: Stack, org: Organisation) -> None:
    """Each service sends, on the subject of its own, what only another may announce."""
    forged: dict[str, dict[str, Any]] = {}
    for service, other in OTHER.items():
        forged[service] = _sealed(org.id, other)
        bus = await Bus.connect(settings_of(stack, service))
        body = json.dumps(forged[service]).encode()
        await bus.stream.publish(f"events.{service}.trail.sealed", body)
        await bus.close()
    for listener in NAMES:
        senders = set(OTHER) - ({listener} - HEARS_ITSELF)

        async def refused(listener: str = listener, senders: set[str] = senders) -> list[dict[str, Any]] | None:
            letters = ok(await org.admin.get(f"/v1/services/{listener}/dead-letters"))["items"]
            return letters if len(letters) >= len(senders) else None

        letters = {letter["event_id"]: letter for letter in await eventually(refused)}
        assert letters.keys() == {forged[sender]["id"] for sender in senders}
        for sender in senders:
            letter = letters[forged[sender]["id"]]
            assert f"events.{sender}.trail.sealed" in letter["reason"]
            assert forged[sender]["type"] in letter["reason"]
            replayed = await org.admin.post(f"/v1/services/{listener}/dead-letters/{letter['id']}/replays")
            problem(replayed, 409, "still-failing")
        heads = ok(await org.admin.get(f"/v1/services/{listener}/trail/heads", params={"limit": 200}))["items"]
        assert "ab" * 32 not in {head["digest"] for head in heads}


async def test_an_event_is_heard_although_another_service_used_its_id_before(stack: Stack, org: Organisation) -> None:
    first, second = _sealed(org.id, "evidence"), _sealed(org.id, "controls")
    second["id"] = first["id"]
    for service, event, position in (("evidence", first, 11), ("controls", second, 12)):
        event["data"]["position"] = position
        bus = await Bus.connect(settings_of(stack, service))
        await bus.stream.publish(f"events.{service}.trail.sealed", json.dumps(event).encode())
        await bus.close()

    async def both_kept() -> bool:
        heads = ok(await org.admin.get("/v1/services/risk/trail/heads", params={"limit": 200}))["items"]
        return {11, 12} <= {head["position"] for head in heads}

    assert await eventually(both_kept)


def _ours(address: str, body: bytes) -> Heard[Any] | str:
    try:
        return read(address, body)
    except Malformed as refusal:
        return str(refusal)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 100_000,
        b'{"type": ' + b"[" * 100_000,
        b'{"type": "risk.trail.sealed", "version": Infinity}',
        b'{"type": "risk.trail.sealed", "version": 1e400}',
        b'{"type": "risk.trail.sealed", "version": ' + b"9" * 5000 + b"}",
        b'{"type": "\\ud800"}',
        b"\xff\xfe",
        b"null",
    ],
)
def test_a_message_that_means_harm_is_malformed_and_nothing_worse(body: bytes) -> None:
    assert isinstance(_ours("events.risk.trail.sealed", body), str)


@pytest.mark.parametrize(
    ("member", "value"),
    [("time", "2026-01-01T00:00:00"), ("version", -1), ("version", 2**31), ("id", 7), ("data", []), ("type", "a.b.c")],
)
def test_each_attribute_is_checked(member: str, value: Any) -> None:
    event = _sealed(str(uuid.uuid4()), "risk")
    assert isinstance(_ours("events.risk.trail.sealed", json.dumps(event).encode()), Heard)
    assert member in str(_ours("events.risk.trail.sealed", json.dumps(event | {member: value}).encode()))


@settings(max_examples=20)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=5))
def test_whatever_a_member_holds_it_is_read_or_refused(value: Any) -> None:
    event = _sealed(str(uuid.uuid4()), "risk")
    for member in event:
        _ours("events.risk.trail.sealed", json.dumps(event | {member: value}).encode())
