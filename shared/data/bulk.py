"""Many rows at once, in statements that are the same however many they are.

New ones travel as one JSON document, of which PostgreSQL makes rows in one statement.

Sent one by one, even pipelined, a thousand rows take the server twice as long and the driver ten times as long.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")

_MOST_AT_ONCE = 1_000


def among(key: ColumnElement[T], values: Collection[T]) -> ColumnElement[bool]:
    """`key` is one of these: as one array."""
    return key == func.any(literal(list(values), ARRAY(key.type)))


async def insert_rows(
    session: AsyncSession,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    renew: Collection[str] = (),
) -> None:
    """Insert rows, all of the same columns, in this order. Does nothing when `rows` is empty.

    Each statement inserts at most 1,000 rows, so that one of very many stays within the time limit for a statement.

    Where there is a row of that key already, its columns that `renew` names are set instead; without `renew` that is an
    IntegrityError.
    """
    for begin in range(0, len(rows), _MOST_AT_ONCE):
        part = rows[begin : begin + _MOST_AT_ONCE]
        await session.execute(_inserting(table, tuple(part[0]), tuple(renew)), document(part))


def document(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Rows as what a statement of `inserting` is executed with."""
    return {"rows": to_json(rows).decode()}


def inserting(table: Table, names: Collection[str]) -> Insert:
    """A statement that inserts the rows of a `document` of these columns, in its order."""
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
    rows = given.table_valued(*(column(name, table.c[name].type) for name in names))
    typed = rows.render_derived(name="given", with_types=True)
    return insert(table).from_select(list(names), select(*(typed.c[name] for name in names)), include_defaults=False)


@lru_cache(maxsize=64)
def updating(table: Table, names: tuple[str, ...]) -> Update:
    """A statement that sets these columns of the rows of a `document`, which has each row's `id` and version before.

    Rows that are of another version by now are left alone.
    """
    given = func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
    columns = [column(name, table.c[name].type) for name in ("id", *names)]
    rows = given.table_valued(*columns, column("was", table.c.version.type))
    typed = rows.render_derived(name="given", with_types=True)
    same = (table.c.id == typed.c.id) & (table.c.version == typed.c.was)
    return update(table).where(same).values({name: typed.c[name] for name in names})


@lru_cache(maxsize=64)
def _inserting(table: Table, names: tuple[str, ...], renew: tuple[str, ...]) -> Insert:
    statement = inserting(table, names)
    if not renew:
        return statement
    return statement.on_conflict_do_update(
        index_elements=[key.name for key in table.primary_key],
        set_={name: statement.excluded[name] for name in renew},
    )
