"""Sweeps look for what is due as the worker role, which may read only the tables that a migration lets it read."""

from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, column, literal, select, table
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.services import NAMES
from deploy.local.stack import Stack
from shared.clock import new_id, now
from shared.data.sessions import organisation_of
from shared.platform import Platform
from shared.schedule import Schedule, sweep
from shared.service import Service
from tests.support import settings_of


@pytest.mark.parametrize("name", NAMES)
async def test_a_worker_may_look_for_what_is_due(stack: Stack, name: str) -> None:
    service: Service = import_module(f"services.{name}.app").SERVICE
    platform = Platform.of(name, settings_of(stack, name))
    refused = {}
    for each in service.all_sweeps():
        try:
            async with platform.database.across_organisations() as look:
                await look.execute(each.due(now()))
        except Exception as error:  # noqa: BLE001 - all of them are to be named, not the first
            refused[each.name] = str(error)
    await platform.close()
    assert refused == {}


async def test_a_sweep_that_cannot_look_keeps_no_other_from_its_work(
    stack: Stack, caplog: pytest.LogCaptureFixture
) -> None:
    org_id, swept = new_id(), list[UUID]()

    def nowhere(_: datetime) -> Select[Any]:
        return select(column("org_id")).select_from(table("no_such_table"))

    def here(_: datetime) -> Select[Any]:
        return select(literal(org_id))

    @sweep(due=nowhere)
    async def fail(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
        raise AssertionError("nothing was found to be due")

    @sweep(due=here)
    async def work(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
        swept.append(organisation_of(session))
        return 0

    platform = Platform.of("controls", settings_of(stack, "controls"))
    connection = await platform.database.worker_connection()
    await Schedule(platform, [fail, work]).turn(connection)
    connection.terminate()
    await platform.close()
    assert swept == [org_id]
    assert "sweep fail cannot find what is due" in caplog.text
