"""Many rows at once arrive as they were sent, whatever is in them, and in that order."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import ARRAY, Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.schema import CreateTable

from deploy.local.stack import Stack
from shared.clock import new_id
from shared.data.bulk import insert_rows
from shared.events.catalogue.testing import TestStandingWithdrawn

_THINGS = Table(
    "things",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("title", Text),
    Column("words", ARRAY(Text)),
    Column("others", ARRAY(Uuid)),
    Column("number", Integer),
    Column("held", Boolean),
    Column("at", DateTime(timezone=True)),
    Column("data", JSONB),
    prefixes=["TEMPORARY"],
)
_AT = datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC)


class Kind(StrEnum):
    FIRST = "first"


@pytest.fixture
async def session(stack: Stack) -> AsyncIterator[AsyncSession]:
    address = stack.environment("risk")["ATTEST_SUPERUSER_DATABASE_URL"]
    engine = create_async_engine(address.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with AsyncSession(engine) as opened:
        await opened.execute(CreateTable(_THINGS))
        yield opened
    await engine.dispose()


def thing(**said: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = dict.fromkeys(("title", "words", "others", "number", "held", "at", "data"))
    return {"id": new_id(), **nothing, **said}


async def test_values_arrive_as_they_were_sent(session: AsyncSession) -> None:
    others = [new_id(), new_id()]
    event = TestStandingWithdrawn(control_id=others[0], title="Ümläute")
    sent = [
        thing(),
        thing(
            title='a "quote", a \\ backslash,\na line, {braces}, NULL, 汉字 🎉', words=["", "{", "a,b", 'c"d', "null"]
        ),
        thing(title=Kind.FIRST, words=[], others=others, number=-(2**31), held=False, at=_AT),
        thing(number=0, held=True, at=_AT.astimezone(timezone(timedelta(hours=-8))), data={"a": [1, None, {"b": 1.5}]}),
        thing(data=event),
    ]
    await insert_rows(session, _THINGS, sent)
    by_id = {row.id: row._asdict() for row in await session.execute(select(_THINGS))}
    assert [by_id[each["id"]] for each in sent[:4]] == sent[:4]
    assert by_id[sent[4]["id"]]["data"] == {"control_id": str(others[0]), "title": "Ümläute"}


async def test_rows_go_in_in_their_order(session: AsyncSession) -> None:
    sent = [thing(number=number) for number in range(500, 0, -1)]
    await insert_rows(session, _THINGS, sent)
    assert list(await session.scalars(select(_THINGS.c.number))) == list(range(500, 0, -1))


async def test_what_is_there_is_renewed_in_the_columns_that_are_named(session: AsyncSession) -> None:
    first, other = thing(title="first", number=1), thing(title="other", number=1)
    await insert_rows(session, _THINGS, [first])
    await insert_rows(session, _THINGS, [first | {"title": "again", "number": 2}, other], renew=("number",))
    rows = {(row.title, row.number) for row in await session.execute(select(_THINGS))}
    assert rows == {("first", 2), ("other", 1)}
    with pytest.raises(IntegrityError):
        await insert_rows(session, _THINGS, [first])


async def test_no_rows_are_nothing_to_do(session: AsyncSession) -> None:
    await insert_rows(session, _THINGS, [])
    assert (await session.execute(select(_THINGS))).all() == []
