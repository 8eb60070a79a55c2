"""Many rows at once: they travel as one JSON document, of which PostgreSQL makes rows in one statement.

Sent one by one, even pipelined, a thousand rows take the server twice as long and the driver ten times as long.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import JSON, Insert, Table, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession


async def insert_rows(
    session: AsyncSession, table: Table, rows: Sequence[Mapping[str, Any]], *, renew: Collection[str] = ()
) -> None:
    """Insert rows, all of the same columns, in this order. None needs no row, and is nothing to do.

    Where there is a row of that id already, its columns that `renew` names are set instead; without `renew` that is an
    IntegrityError.
    """
    if rows:
        statement = _inserting(table, tuple(rows[0]), tuple(renew))
        await session.execute(statement, {"rows": to_json(rows).decode()})


@lru_cache(maxsize=64)
def _inserting(table: Table, names: tuple[str, ...], renew: tuple[str, ...]) -> Insert:
    document = cast(bindparam("rows", type_=Text()), JSON)
    typed = [column(name, table.c[name].type) for name in names]
    given = func.json_to_recordset(document).table_valued(*typed).render_derived(name="given", with_types=True)
    statement = insert(table).from_select(names, select(*(given.c[name] for name in names)), include_defaults=False)
    if not renew:
        return statement
    return statement.on_conflict_do_update(
        index_elements=["id"], set_={name: statement.excluded[name] for name in renew}
    )
