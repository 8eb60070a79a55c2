"""What is heard of controls is taken in together, and no risk is rated by what it is about to replace."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from deploy.local.stack import Stack
from services.risk import handlers
from services.risk.app import SERVICE
from services.risk.register.risks.actions import identify
from services.risk.register.risks.models import Risk
from services.risk.register.risks.schemas import RiskDraft
from shared.clock import new_id
from shared.data.sessions import Database
from shared.events.catalogue.controls import HealthState
from shared.events.event import Heard, handlers_in
from shared.events.inbox import handle_once
from shared.identity.callers import SYSTEM
from tests.bench.seed import unfenced
from tests.risk.conftest import Controls
from tests.risk.given import DRAFT, answer, proven_control
from tests.support import Organisation, acting, eventually, introduce, settings_of

_NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[Database]:
    opened = Database(settings_of(stack, "risk"), SERVICE.recompute)
    yield opened
    await opened.close()


async def test_events_in_quick_succession_share_transactions(
    stack: Stack, org: Organisation, control: Controls
) -> None:
    """Whatever happened when, and though events of both kinds are mixed."""
    controls = [control(code=f"AC-{number:02}") for number in range(20)]
    told = [one.was("defined", version=1) for one in controls] + [one.is_(HealthState.HEALTHY) for one in controls]
    heard = [uuid.UUID(event) for event in await asyncio.gather(*told)]
    connection = await asyncpg.connect(unfenced(stack, "risk"))
    count = "select count(*), count(distinct xmin::text) from inbox where event_id = any($1)"

    async def all_heard() -> int | None:
        [(events, transactions)] = await connection.fetch(count, heard)
        return int(transactions) if events == len(heard) else None

    transactions = await eventually(all_heard)
    await connection.close()
    assert transactions <= len(heard) / 4


@pytest.mark.parametrize("first", ["risk", "news"])
async def test_who_names_a_control_and_who_hears_of_it_wait_for_each_other(
    stack: Stack, database: Database, first: str
) -> None:
    """The control is new and its risk is new, so that there is no row yet that both could lock."""
    org_id, control = new_id(), new_id()

    async def write_down(session: AsyncSession) -> None:
        draft = RiskDraft.model_validate(DRAFT | {"controls": [answer(str(control))]})
        await identify(session, draft=draft, by=acting("somebody"), at=_NOW)

    async def hear(session: AsyncSession) -> None:
        proven = proven_control("AC-01")
        await handle_once(session, handlers_in(handlers), [Heard(new_id(), org_id, control, 1, _NOW, SYSTEM, proven)])

    async with database.transaction(org_id) as session:
        await introduce(session, "riley")
    one, other = (write_down, hear) if first == "risk" else (hear, write_down)

    connection = await asyncpg.connect(unfenced(stack, "risk"))
    waits = """select true from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())"""

    async def waiting() -> bool | None:
        found: bool | None = await connection.fetchval(waits)
        return found

    async def afterwards() -> None:
        async with database.transaction(org_id) as session:
            await other(session)

    async with database.transaction(org_id) as session:
        await one(session)
        second = asyncio.create_task(afterwards())
        await eventually(waiting)
    await second
    await connection.close()
    async with database.transaction(org_id) as session:
        assert (await session.scalars(select(Risk.current_level))).all() == ["low"]
