"""The sender: takes endpoints that are due, sends, and records what came of it, for as long as it leads.

Attempts run side by side and outside any transaction. Those that are failing or slow get half of the room at most, so
that the others never wait for them.
"""

import asyncio
import logging
import time
from collections import defaultdict
from datetime import datetime
from uuid import UUID

import asyncpg

from services.integrations.sending.attempts.actions import Claimed, Made, claim, organisations_of, record
from services.integrations.sending.attempts.queries import DUE
from services.integrations.sending.attempts.rules import Outcome, rest_asked_for
from services.integrations.sending.endpoint_secrets.rules import signed_headers
from services.integrations.worker import Worker
from shared.clock import now
from shared.data.transactions import has_announced
from shared.outbound.addresses import Reach
from shared.outbound.client import LONGEST_SECONDS, send
from shared.outbound.failures import AnswerTooLarge, OutboundCode, OutboundFailed
from shared.platform import Platform
from shared.telemetry import webhook_attempts
from shared.version import VERSION

_MOST = 128
_MOST_SLOW = 64
_MOST_OF_ONE = 96  # of one organisation
_LOOK = 200
_LARGEST_ANSWER = 64 * 1024
_EXCERPT = 4096
_HEADERS = {"Content-Type": "application/cloudevents+json; charset=UTF-8", "User-Agent": f"Attest-Webhooks/{VERSION}"}
_log = logging.getLogger(__name__)


class Sender(Worker[Made, tuple[UUID, bool]]):
    """The attempts under way, with the organisation of each and whether its endpoint is slow."""

    async def _record(self, platform: Platform) -> None:
        for org_id, made in organisations_of(self._ended).items():
            async with platform.database.transaction(org_id) as session:
                await record(session, made, at=now())
            if has_announced(session):
                platform.bell.ring()
            recorded = set(map(id, made))
            self._ended = [each for each in self._ended if id(each) not in recorded]

    async def _begin(self, platform: Platform, connection: asyncpg.Connection) -> bool:
        at = now()
        rows = await connection.fetch(DUE, at, _LOOK)
        by_organisation: dict[tuple[UUID, bool], list[UUID]] = defaultdict(list)
        for row in rows:
            by_organisation[row["org_id"], row["slow"]].append(row["endpoint_id"])
        begun = False
        for (org_id, slow), endpoints in by_organisation.items():
            room = self._room(org_id, slow=slow)
            if room <= 0:
                continue
            async with platform.database.transaction(org_id) as session:
                claimed = await claim(session, endpoints, most=room, at=at)
            for each in claimed:
                task = asyncio.create_task(_attempt(each, platform.settings.reach))
                self._under_way[task] = (org_id, slow)
            begun = begun or bool(claimed)
        return begun

    def _room(self, org_id: UUID, *, slow: bool) -> int:
        """How many more may be begun of an organisation's endpoints, that are slow or are not."""
        of_it = sum(whose == org_id for whose, _ in self._under_way.values())
        slow_ones = sum(is_slow for _, is_slow in self._under_way.values())
        room = min(_MOST - len(self._under_way), _MOST_OF_ONE - of_it)
        return min(room, _MOST_SLOW - slow_ones) if slow else room


async def _attempt(claimed: Claimed, reach: Reach) -> Made:
    """One request. Whatever happens, it has an outcome."""
    at, began = now(), time.monotonic()
    try:
        outcome = await _sent(claimed, reach, at)
    except OutboundFailed as failed:
        status = failed.status if isinstance(failed, AnswerTooLarge) else None
        outcome = Outcome(0, status=status, code=failed.code)
    except Exception:  # noqa: BLE001 - one delivery must not keep the others waiting
        _log.exception("delivery %s could not be sent", claimed.delivery_id)
        outcome = Outcome(0, code=OutboundCode.NOT_REACHABLE)
    milliseconds = round((time.monotonic() - began) * 1000)
    made = Outcome(milliseconds, outcome.status, outcome.code, outcome.excerpt, outcome.rest)
    webhook_attempts.add(1, {"outcome": "delivered" if made.is_success else "failed"})
    return Made(claimed, at, made)


async def _sent(claimed: Claimed, reach: Reach, at: datetime) -> Outcome:
    headers = {**_HEADERS, **signed_headers(str(claimed.message_id), claimed.body, claimed.keys, at=at)}
    answer = await send(
        "POST",
        claimed.url,
        reach=reach,
        headers=headers,
        body=claimed.body,
        seconds=LONGEST_SECONDS,
        largest=_LARGEST_ANSWER,
    )
    rest = rest_asked_for(answer.headers, at=at)
    return Outcome(0, status=answer.status, excerpt=_excerpt(answer.body), rest=rest)


def _excerpt(body: bytes) -> str:
    """The beginning of an answer as text that PostgreSQL holds."""
    return body[: 4 * _EXCERPT].decode("utf-8", "replace").replace("\x00", "\ufffd")[:_EXCERPT]
