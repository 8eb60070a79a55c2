"""The connection to NATS, and the one stream that all events are in."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import APIError, BadRequestError, NoStreamResponseError, NotFoundError

from shared.pace import yielding
from shared.settings import Settings

STREAM = "EVENTS"
_API = "api"  # where deploy/nats/nats.conf lets a service reach the JetStream API
_STREAM_MAKER = "gateway"  # the one service that NATS lets create the stream
_KEPT_SECONDS = 14 * 24 * 3600
_DEDUPLICATED_SECONDS = 120
_PING_SECONDS = 5  # an unanswered second ping ends a connection, which is then made anew
_WORTH_A_BATCH = 20
_MOST_IN_A_BATCH = 1000  # the server's default
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: `headers` have its `Nats-Msg-Id`, by which the stream knows it again."""

    subject: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class Bus:
    """A connection with this service's own credentials, which permit publishing below its own name only.

    `makes_stream` is whether this service creates the stream where there is none. NATS has `seconds` to answer.
    `takes_batches` is whether the stream takes many messages as one; one that an earlier release has made does not.
    """

    client: Client
    stream: JetStreamContext
    replicas: int
    makes_stream: bool
    seconds: float
    takes_batches: bool = False

    @classmethod
    async def connect(cls, settings: Settings) -> "Bus":
        """Connect for good: the client reconnects by itself for as long as the process lives."""
        client = await nats.connect(
            settings.nats_url,
            name=settings.nats_user,
            user=settings.nats_user,
            password=settings.nats_password.get_secret_value(),
            inbox_prefix=f"_INBOX.{settings.nats_user}".encode(),
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
            connect_timeout=2,
            ping_interval=_PING_SECONDS,
            max_outstanding_pings=2,
            allow_reconnect=True,
            error_cb=_log_error,
        )
        stream = client.jetstream(prefix=_API, timeout=settings.nats_seconds)
        makes_stream = settings.nats_user == _STREAM_MAKER
        return cls(client, stream, settings.nats_replicas, makes_stream, settings.nats_seconds)

    async def ensure_stream(self) -> None:
        """Make the stream when it is not there: on the first start, and after its store was lost.

        NotFoundError in a service that has to wait until the gateway has made it.
        """
        try:
            info = await self.stream.stream_info(STREAM)
        except NotFoundError:
            if not self.makes_stream:
                raise
            config = StreamConfig(
                name=STREAM,
                subjects=["events.>"],
                max_age=_KEPT_SECONDS,
                duplicate_window=_DEDUPLICATED_SECONDS,
                num_replicas=self.replicas,
                allow_atomic=True,
            )
            try:
                info = await self.stream.add_stream(config)
            except BadRequestError:
                info = await self.stream.stream_info(STREAM)  # another process of the gateway was quicker
        self.takes_batches = bool(info.config.allow_atomic)

    async def publish(self, messages: Sequence[Message]) -> list[bool]:
        """Publish in this order; of each, whether the stream has it on disk. Again is nothing, for two minutes.

        Many travel as one batch, which the stream takes whole or not at all (NATS ADR-50), at one write to the disk
        instead of one each. A batch that it refuses, such as for one message that it has already, goes one by one.
        """
        try:
            async with asyncio.timeout(2 * self.seconds):
                return await self._publish(messages)
        except TimeoutError:  # the client waits for a connection that takes no more bytes
            return [False] * len(messages)

    async def _publish(self, messages: Sequence[Message]) -> list[bool]:
        if self.takes_batches and _WORTH_A_BATCH <= len(messages) <= _MOST_IN_A_BATCH:
            try:
                return [await self._publish_batch(messages)] * len(messages)
            except APIError as refusal:
                _log.info("a batch of %s goes one by one: %s", len(messages), refusal.description)
        return await self._publish_each(messages)

    async def _publish_batch(self, messages: Sequence[Message]) -> bool:
        """Whether the stream has all of it on disk; APIError when it refuses all of it."""
        batch = uuid4().hex
        *others, last = [
            Message(
                message.subject,
                message.body,
                {**message.headers, "Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(place)},
            )
            for place, message in enumerate(messages, 1)
        ]
        async for message in yielding(others):
            await self.client.publish(message.subject, message.body, headers=dict(message.headers))
        commit = {**last.headers, "Nats-Batch-Commit": "1"}
        try:
            ack = await self.stream.publish(last.subject, last.body, timeout=self.seconds, headers=commit)
        except (TimeoutError, NoStreamResponseError):
            return False
        return ack.batch_size == len(messages)

    async def _publish_each(self, messages: Sequence[Message]) -> list[bool]:
        acks = [
            await self.stream.publish_async(message.subject, message.body, headers=dict(message.headers))
            async for message in yielding(messages)
        ]
        # The futures of a server that died never resolve, hence the time limit.
        done, pending = await asyncio.wait(acks, timeout=self.seconds)
        for ack in pending:
            ack.cancel()
        return [ack in done and not ack.exception() for ack in acks]

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected)

    async def close(self) -> None:
        """Flush and leave."""
        if not self.client.is_closed:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.client.close(), self.seconds)


async def _log_error(error: Exception) -> None:
    _log.warning("NATS: %s", type(error).__name__ if not str(error) else error)
