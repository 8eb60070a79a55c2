"""Answers: one JSON document from one statement, for what is no thing and no list of things.

As in `shared.data.reads`, the statement itself sets what row-level security shows, and PostgreSQL prints the JSON.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, text
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from shared.data.reads import Connection
from shared.identity.callers import Fence

_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]


class Answer:
    """`query` is an SQL expression of type `json` or `jsonb`; `parameters` are what it names, with their types."""

    def __init__(self, query: str, *parameters: BindParameter[Any]) -> None:
        compiled = text(query).bindparams(*parameters).compile(dialect=_DIALECT)
        self._names = tuple(compiled.positiontup or ())
        self._constants: Mapping[str, Any] = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        last = len(self._names)
        self._sql = (
            f"select r.body from (select set_config(${last + 1}, ${last + 2}, true) as value) fence"  # noqa: S608 - all of it stands in our files
            f" cross join lateral (select ({compiled})::text as body where fence.value is not null) r"
        )

    async def read(self, connection: Connection, fence: Fence, **values: Any) -> bytes:
        """The document, as what the fence shows makes it."""
        known = {**self._constants, **values}
        row = await connection.fetchrow(self._sql, *(known[name] for name in self._names), fence.setting, fence.value)
        body: str = row[0]
        return body.encode()
