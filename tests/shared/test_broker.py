"""What each service's account at NATS may do, with the real configuration and a server of this module's own."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator

import pytest
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig

from deploy.local.ports import find_free
from deploy.local.process import Process
from deploy.local.progress import silent
from deploy.local.secrets import BROKER_USERS, Secrets
from deploy.local.servers import describe_nats
from deploy.local.state import State
from shared.clock import new_id
from shared.events.bus import STREAM, Bus, Message
from shared.settings import Settings

OTHERS = list(zip(BROKER_USERS, BROKER_USERS[1:] + BROKER_USERS[:1], strict=True))
FORBIDDEN = [
    "$JS.API.STREAM.DELETE.EVENTS",
    "$JS.API.STREAM.PURGE.EVENTS",
    "$JS.API.STREAM.UPDATE.EVENTS",
    "$JS.API.STREAM.MSG.GET.EVENTS",
    "$JS.API.STREAM.MSG.DELETE.EVENTS",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.CREATE.ANOTHER",
    "$JS.API.CONSUMER.DELETE.EVENTS.{other}",
    "$JS.API.CONSUMER.DURABLE.CREATE.EVENTS.{other}",
    "$JS.API.CONSUMER.MSG.NEXT.EVENTS.{other}",
    "$JS.API.CONSUMER.PAUSE.EVENTS.{other}",
    "$JS.API.CONSUMER.NAMES.EVENTS",
    "$JS.API.DIRECT.GET.EVENTS",
    "events.{other}.thing.happened",
]


class Broker:
    """A NATS server as deploy/nats/nats.conf describes it, and a connection for each service."""

    def __init__(self, port: int, secrets: Secrets, pid: int) -> None:
        self._port, self._secrets, self.pid = port, secrets, pid
        self.refusals: list[str] = []
        self.buses: dict[str, Bus] = {}

    async def connect(self, user: str, *, seconds: float = 5) -> Bus:
        settings = Settings.model_validate(
            {
                "database_url": "postgresql://a",
                "worker_database_url": "postgresql://a",
                "auditor_database_url": "postgresql://a",
                "nats_url": f"nats://127.0.0.1:{self._port}",
                "nats_user": user,
                "nats_password": self._secrets[f"nats_{user}"],
                "issuer": "http://127.0.0.1",
                "jwks_url": "http://127.0.0.1",
                "nats_seconds": seconds,
            }
        )
        bus = await Bus.connect(settings)
        bus.client._error_cb = self._note  # noqa: SLF001 - nats-py takes it at connect only
        return bus

    async def _note(self, error: Exception) -> None:
        self.refusals.append(str(error).lower())


@pytest.fixture(scope="module")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    state = State(tmp_path_factory.mktemp("nats"))
    state.open()
    secrets, port, monitor = Secrets.load(state.secrets, ()), find_free(), find_free()
    failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    server = Process(describe_nats(state, secrets, port, monitor), state, silent, None, 30.0, failure)
    await server.start()
    here = Broker(port, secrets, server.pid)
    for user in BROKER_USERS:  # the gateway comes first, and makes the stream
        bus = here.buses[user] = await here.connect(user)
        await bus.ensure_stream()
        config = ConsumerConfig(durable_name=user, filter_subjects=["events.*.*.*"], ack_policy=AckPolicy.EXPLICIT)
        await bus.stream.add_consumer(STREAM, config)
        await bus.stream.publish(f"events.{user}.thing.happened", b"{}")
    yield here
    for bus in here.buses.values():
        await bus.close()
    await server.stop()
    state.close()


@pytest.mark.parametrize(("user", "other"), OTHERS)
async def test_each_service_reaches_its_own_subjects_and_consumer_only(broker: Broker, user: str, other: str) -> None:
    subjects = [way.format(other=other) for each in FORBIDDEN for way in (each, each.replace("$JS.API", "api"))]
    client = broker.buses[user].client
    answers = await asyncio.gather(
        *(client.request(subject, b"{}", timeout=0.2) for subject in subjects), return_exceptions=True
    )
    assert [answer for answer in answers if not isinstance(answer, NatsError)] == []
    broker.refusals.clear()
    with pytest.raises(NatsError):
        await broker.buses[user].stream.publish(f"events.{other}.thing.happened", b"{}", timeout=0.1)
    assert any("permissions violation" in refusal for refusal in broker.refusals)
    await _intact(broker)


@pytest.mark.parametrize(("user", "other"), OTHERS)
async def test_the_server_answers_no_service_on_a_subject_that_it_may_not_use(
    broker: Broker, user: str, other: str
) -> None:
    """A request names the subject of its reply. An empty reply there would be taken for another's request or event."""
    client = broker.buses[user].client
    nothing = json.dumps({"batch": 1, "no_wait": True}).encode()
    for subject in FORBIDDEN:
        reply = subject.format(other=other)
        await client.publish(f"api.CONSUMER.MSG.NEXT.EVENTS.{user}", nothing, reply=reply)
        await client.publish(f"events.{user}.thing.happened", b"{}", reply=reply)
    await client.flush()
    await _intact(broker)


@pytest.mark.parametrize(("user", "other"), OTHERS)
async def test_no_service_acknowledges_for_another(broker: Broker, user: str, other: str) -> None:
    bus = broker.buses[other]
    subscription = await bus.stream.pull_subscribe_bind(other, STREAM)
    [message] = await subscription.fetch(1, timeout=5)
    broker.refusals.clear()
    for payload in (b"", b"+TERM"):
        await broker.buses[user].client.publish(message.reply, payload)
    await broker.buses[user].client.publish(f"events.{user}.thing.happened", b"{}", reply=message.reply)
    await broker.buses[user].client.flush()
    await asyncio.sleep(0.05)
    assert len(broker.refusals) == 3
    await message.nak()
    place, again = message.metadata.sequence.stream, 0
    while again != place:  # TimeoutError when everything else has come, and it has not
        [other_message] = await subscription.fetch(1, timeout=5)
        again = other_message.metadata.sequence.stream
    await subscription.unsubscribe()


@pytest.mark.parametrize("user", [user for user in BROKER_USERS if user != "gateway"])
async def test_only_the_gateway_makes_the_stream(broker: Broker, user: str) -> None:
    for way in ("$JS.API", "api"):
        with pytest.raises(NatsError):
            await broker.buses[user].client.request(f"{way}.STREAM.CREATE.EVENTS", b"{}", timeout=0.1)


async def test_no_service_listens_to_anothers_replies(broker: Broker) -> None:
    broker.refusals.clear()
    for subject in ("_INBOX.controls.>", "events.>", "$JS.>", ">"):
        await broker.buses["risk"].client.subscribe(subject)
    await broker.buses["risk"].client.flush()
    await asyncio.sleep(0.05)
    assert sum("permissions violation for subscription" in refusal for refusal in broker.refusals) == 4


async def test_a_broker_that_does_not_answer_is_not_waited_for(broker: Broker) -> None:
    bus = await broker.connect("risk", seconds=0.2)
    await bus.ensure_stream()
    few, many = [_message() for _ in range(3)], [_message() for _ in range(60)]
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(5):
            assert await bus.publish(few) == [False] * 3
            assert await bus.publish(many) == [False] * 60
            with pytest.raises(NatsError):
                await bus.ensure_stream()
    finally:
        os.kill(broker.pid, signal.SIGCONT)
    assert await bus.publish(few + many) == [True] * 63
    await bus.close()


def _message() -> Message:
    return Message("events.risk.thing.happened", b"{}", {"Nats-Msg-Id": str(new_id())})


async def _intact(broker: Broker) -> None:
    """The stream has what the services themselves have published, and every consumer is there."""
    info = await broker.buses["gateway"].stream.stream_info(STREAM, subjects_filter=">")
    assert info.state.consumer_count == len(BROKER_USERS)
    assert info.state.first_seq == 1
    assert info.state.subjects is not None
    assert info.state.subjects.keys() == {f"events.{user}.thing.happened" for user in BROKER_USERS}
