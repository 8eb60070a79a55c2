"""Withdrawn tokens: each service hears what withdraws tokens, keeps it, and each of its processes refuses them.

A token names the things that it rests on, with their versions. An event about one of them at a later version withdraws
it. What was heard is kept in a table, so that a process that starts, or that does not listen to NATS, knows it too.
Rows are needed only as long as a token lives, or what was given out with one, such as a link to a file.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.data.bulk import among
from shared.data.sessions import Database, organisation_of
from shared.data.tables import token_withdrawals
from shared.events.catalogue.gateway import WITHDRAWS_TOKENS
from shared.events.event import Event, Heard, hears
from shared.platform import Platform

# The longest that anything may work which its maker's token stands for: longer than a token lives.
LONGEST_RELIANCE = timedelta(minutes=15)
# How long a withdrawal is kept: that long, and some more for clocks that differ.
WITHDRAWALS_KEPT = LONGEST_RELIANCE + timedelta(minutes=1)
_PAUSE_SECONDS = 0.5
_W = token_withdrawals.c
_log = logging.getLogger(__name__)


@hears(*WITHDRAWS_TOKENS)
async def withdraw_tokens(session: AsyncSession, heard: Heard[Event]) -> None:
    """Refuse tokens that rest on an earlier version of the thing that this event is about."""
    statement = insert(token_withdrawals).values(
        org_id=organisation_of(session), thing=heard.subject, version=heard.version, heard_at=now()
    )
    newest = {
        "version": func.greatest(_W.version, statement.excluded.version),
        "heard_at": statement.excluded.heard_at,
    }
    await session.execute(statement.on_conflict_do_update(index_elements=["org_id", "thing"], set_=newest))


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
