"""Withdrawn tokens: each service hears what withdraws tokens, keeps it, and each of its processes refuses them.

A token names the things that it rests on, with their versions. An event about one of them at a later version withdraws
it. What was heard is kept in a table, so that a process that starts, or that does not listen to NATS, knows it too.
Rows are needed only as long as a token lives, or what was given out with one, such as a link to a file.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.data.bulk import among
from shared.data.sessions import Database
from shared.data.tables import token_withdrawals
from shared.events.catalogue.gateway import WITHDRAWS_TOKENS
from shared.events.event import Event, Heard, hears_in_batches
from shared.events.replicas import Facet, Replica
from shared.platform import Platform

# The longest that anything may work which its maker's token stands for: longer than a token lives.
LONGEST_RELIANCE = timedelta(minutes=15)
# How long a withdrawal is kept: that long, and some more for clocks that differ.
WITHDRAWALS_KEPT = LONGEST_RELIANCE + timedelta(minutes=1)
_PAUSE_SECONDS = 0.5
_W = token_withdrawals.c
_log = logging.getLogger(__name__)


WITHDRAWALS = Replica(
    token_withdrawals,
    Facet("version", WITHDRAWS_TOKENS, "heard_at", rows=lambda heard: [{"thing": heard.subject, "heard_at": now()}]),
    key=("thing",),
)


@hears_in_batches(*WITHDRAWALS.events)
async def withdraw_tokens(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    """Refuse tokens that rest on earlier versions of the things that these events are about."""
    await WITHDRAWALS.note(session, heard)


async def was_withdrawn(session: AsyncSession, rests_on: Mapping[UUID, int]) -> bool:
    """Whether this service has heard that something at these versions was taken away or changed since."""
    named = select(_W.thing, _W.version).where(among(_W.thing, rests_on.keys()))
    return any(version > rests_on[thing] for thing, version in (await session.execute(named)).tuples())


async def keep_withdrawals_fresh(platform: Platform) -> None:
    """Give the verifier of this process what was withdrawn, over and over, until cancelled."""
    while True:
        try:
            platform.verifier.withdraw(await _withdrawn(platform.database))
        except (DBAPIError, OSError) as error:
            _log.warning("withdrawn tokens cannot be read: %s", type(error).__name__)
        await asyncio.sleep(_PAUSE_SECONDS)


async def _withdrawn(database: Database) -> dict[UUID, int]:
    async with database.across_organisations() as look:
        rows = await look.execute(select(_W.thing, _W.version))
        return dict(rows.tuples().all())
