"""The connection to NATS, and the one stream that all events are in."""

import logging
from dataclasses import dataclass

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

from shared.settings import Settings

STREAM = "EVENTS"
_KEPT_SECONDS = 14 * 24 * 3600
_DEDUPLICATED_SECONDS = 120
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Bus:
    """A connection with this service's own credentials, which permit publishing below its own name only."""

    client: Client
    stream: JetStreamContext
    replicas: int

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
            allow_reconnect=True,
            error_cb=_log_error,
        )
        return cls(client, client.jetstream(timeout=5), settings.nats_replicas)

    async def ensure_stream(self) -> None:
        """Make the stream when it is not there: on the first start, and after its store was lost."""
        try:
            await self.stream.stream_info(STREAM)
        except NotFoundError:
            config = StreamConfig(
                name=STREAM,
                subjects=["events.>"],
                max_age=_KEPT_SECONDS,
                duplicate_window=_DEDUPLICATED_SECONDS,
                num_replicas=self.replicas,
            )
            try:
                await self.stream.add_stream(config)
            except BadRequestError:
                await self.stream.stream_info(STREAM)  # another service was quicker

    @property
    def connected(self) -> bool:
        return bool(self.client.is_connected)

    async def close(self) -> None:
        """Flush and leave."""
        if not self.client.is_closed:
            await self.client.close()


async def _log_error(error: Exception) -> None:
    _log.warning("NATS: %s", type(error).__name__ if not str(error) else error)
