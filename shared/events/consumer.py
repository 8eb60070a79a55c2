"""The consumer: hears what the service's handlers listen to; each event has its effect once.

Delivery is at least once. The inbox row and the effect are one transaction, so a second delivery finds the row and
does nothing. A message that cannot be read, or that has failed too often, becomes a dead letter with its reason.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from shared.clock import now
from shared.data.outages import NoFreeConnection, Outage, outage_of
from shared.events.bus import STREAM, Bus
from shared.events.event import Batch, Event, Handler, Heard
from shared.events.inbox import read, receive, store_dead_letter
from shared.pace import yielding
from shared.platform import Platform
from shared.problems import Malformed
from shared.telemetry import consumed, hearing

_BATCH = 256
_PAUSE_SECONDS = 0.05
_ACK_WAIT_SECONDS = 30
_WAIT_SECONDS = 5.0
_REST_SECONDS = 0.1
_BACKOFF_SECONDS = (0.2, 1.0, 5.0, 15.0, 60.0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A message, and what it says, or why it says nothing."""

    message: Msg
    says: Heard[Event] | Malformed

    @classmethod
    def of(cls, message: Msg) -> "_Delivery":
        try:
            return cls(message, read(message.subject, message.data))
        except Malformed as poison:
            return cls(message, poison)

    @property
    def thing(self) -> UUID | int:
        """What the event is about, as a key for keeping order; what cannot be read has an order of its own."""
        says = self.says
        return self.message.metadata.sequence.stream if isinstance(says, Malformed) else says.subject


class Consumer:
    """One durable pull consumer a service, named as the service; replicas share it."""

    def __init__(self, platform: Platform, bus: Bus, handlers: Sequence[Handler]) -> None:
        self._platform = platform
        self._bus = bus
        self._handlers = handlers
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Hear until told to stop; bind again whenever the server, the stream or the consumer was gone."""
        while not self._stopping.is_set():
            try:
                await self._bus.ensure_stream()
                subscription = await self._bind()
                try:
                    while not self._stopping.is_set():
                        # What comes close together gathers meanwhile and is handled together; one alone never waits.
                        await asyncio.gather(self._hear(subscription), asyncio.sleep(_PAUSE_SECONDS))
                finally:
                    with suppress(NatsError):  # the connection may be gone, and the subscription with it
                        await subscription.unsubscribe()
            except Exception as error:  # noqa: BLE001 - whatever it was, what has not been acknowledged comes again
                _log.warning("the consumer binds again: %s: %s", type(error).__name__, error)
                await asyncio.sleep(_BACKOFF_SECONDS[0])

    def stop(self) -> None:
        """Take no more messages; those in hand are finished and acknowledged."""
        self._stopping.set()

    async def _bind(self) -> Any:
        """Make or update the durable: `pull_subscribe` alone would keep outdated settings without a word."""
        addresses = sorted({event.address() for handler in self._handlers for event in handler.events})
        config = ConsumerConfig(
            durable_name=self._platform.name,
            filter_subjects=addresses,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_ACK_WAIT_SECONDS,
            max_deliver=-1,
            max_ack_pending=1000,
            num_replicas=self._bus.replicas,
        )
        await self._bus.stream.add_consumer(STREAM, config)
        return await self._bus.stream.pull_subscribe_bind(self._platform.name, STREAM)

    async def _hear(self, subscription: Any) -> None:
        fetching = asyncio.create_task(subscription.fetch(1, timeout=_WAIT_SECONDS))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not fetching.done():
            fetching.cancel()
            return
        try:
            messages = fetching.result()
        except TimeoutError:  # nothing was said; nats-py raises asyncio's own, or a subclass of it
            return
        await self._handle_all(messages + await _rest(subscription, messages[0]))

    async def _handle_all(self, messages: list[Msg]) -> None:
        """Together what its handlers take together; everything else each by itself, in order."""
        deliveries = [_Delivery.of(message) async for message in yielding(messages)]
        batches: dict[tuple[Any, ...], list[_Delivery]] = defaultdict(list)
        in_order: list[_Delivery] = []
        for delivery in deliveries:
            batch = self._batch(delivery)
            (in_order if batch is None else batches[batch]).append(delivery)
        for together in batches.values():
            if len(together) == 1 or not await self._handle_together(together):
                in_order += together
        await self._handle_in_order(in_order)

    async def _handle_in_order(self, deliveries: Sequence[_Delivery]) -> None:
        """At once what happened at one instant, where its handlers hear so; everything else each by itself."""
        apart: list[_Delivery] = []
        for occasion, run in groupby(deliveries, self._occasion):
            together = list(run)
            if occasion is None or len(together) == 1:
                apart += together
                continue
            await self._handle_each(apart)
            apart = [] if await self._handle_together(together) else together
        await self._handle_each(apart)

    def _batch(self, delivery: _Delivery) -> tuple[Any, ...] | None:
        """What the events of a batch have in common, if all who hear this one hear in batches."""
        heard = delivery.says
        if isinstance(heard, Malformed):
            return None
        hearing_it = self._hearing(heard)
        if not all(handler.batch is Batch.ANY for handler in hearing_it):
            return None
        return heard.org_id, *(handler.name for handler in hearing_it)

    def _occasion(self, delivery: _Delivery) -> tuple[Any, ...] | None:
        """What the events of one instant have in common, if nobody hears this one by itself."""
        heard = delivery.says
        if isinstance(heard, Malformed):
            return None
        hearing_it = self._hearing(heard)
        if any(handler.batch is Batch.ONE for handler in hearing_it):
            return None
        traceparent = (delivery.message.headers or {}).get("traceparent")
        return heard.org_id, heard.occurred_at, traceparent, *(handler.name for handler in hearing_it)

    def _hearing(self, heard: Heard[Event]) -> list[Handler]:
        return [handler for handler in self._handlers if isinstance(heard.event, handler.events)]

    async def _handle_together(self, deliveries: Sequence["_Delivery"]) -> bool:
        """Whether it worked. When it did not, nothing has happened, and one by one it will show what was the reason."""
        messages = [delivery.message for delivery in deliveries]
        heard = [delivery.says for delivery in deliveries if not isinstance(delivery.says, Malformed)]
        with hearing(messages[0].subject, *(message.headers for message in messages)):
            try:
                await receive(self._platform, self._handlers, heard)
            except Exception as error:  # noqa: BLE001 - whatever it was, each is handled by itself now
                _log.warning("%s events are heard one by one: %s", len(deliveries), type(error).__name__)
                return False
        for message in messages:
            await message.ack()
        consumed.add(len(messages), {"outcome": "handled"})
        return True

    async def _handle_each(self, deliveries: Sequence["_Delivery"]) -> None:
        """Things side by side, the events of one thing one after the other."""
        by_thing: dict[UUID | int, list[_Delivery]] = defaultdict(list)
        for delivery in deliveries:
            by_thing[delivery.thing].append(delivery)
        slots = asyncio.Semaphore(self._platform.settings.events_at_once)

        async def in_turn(queue: list[_Delivery]) -> None:
            async with slots:
                for delivery in queue:
                    await self._handle(delivery)

        await asyncio.gather(*(in_turn(queue) for queue in by_thing.values()))

    async def _handle(self, delivery: "_Delivery") -> None:
        message, heard = delivery.message, delivery.says
        deliveries = message.metadata.num_delivered
        delay = _BACKOFF_SECONDS[min(deliveries, len(_BACKOFF_SECONDS)) - 1]
        if isinstance(heard, Malformed):
            await self._store_dead_letter(message, deliveries, heard)
            return
        with hearing(message.subject, message.headers):
            try:
                await receive(self._platform, self._handlers, [heard])
            except (Malformed, ValidationError) as poison:
                await self._store_dead_letter(message, deliveries, poison)
            except Exception as error:  # noqa: BLE001 - logged, tried again, and buried with its reason in the end
                outage = outage_of(error)
                if outage is not None and outage is not Outage.SLOW:
                    # That says nothing about the message, so it is not counted against it.
                    _log.warning("an event waits: %s (%s)", outage, type(error).__name__)
                    await message.nak(delay=_BACKOFF_SECONDS[1])
                    return
                _log.exception("a handler failed on %s", message.subject)
                if deliveries > len(_BACKOFF_SECONDS):
                    await self._store_dead_letter(message, deliveries, error)
                else:
                    await message.nak(delay=delay)
            else:
                await message.ack()
                consumed.add(1, {"outcome": "handled"})

    async def _store_dead_letter(self, message: Msg, deliveries: int, error: Exception) -> None:
        try:
            await store_dead_letter(
                self._platform,
                message.subject,
                message.data,
                f"{type(error).__name__}: {error}",
                deliveries,
                now(),
            )
        except (DBAPIError, NoFreeConnection, OSError):
            await message.nak(delay=_BACKOFF_SECONDS[1])
        else:
            await message.term()
            consumed.add(1, {"outcome": "buried"})


async def _rest(subscription: Any, first: Msg) -> list[Msg]:
    """What else waits by now. Only the first is waited for: a batch that is waited for may stall until its time is up.

    When a fetch of several ends with nothing, it can leave a request on the server that takes the next message, and the
    fetch after it then waits for the rest of its batch (nats.py issue 986). A fetch of one leaves none behind.
    """
    waiting = min(first.metadata.num_pending, _BATCH - 1)
    try:
        return list(await subscription.fetch(waiting, timeout=_REST_SECONDS)) if waiting else []
    except (TimeoutError, NatsError):  # another replica was quicker, or the server is gone; the first is in hand
        return []
