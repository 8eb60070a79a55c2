"""Reads: a Core select, compiled once, sent as one statement that sets the organisation and reads.

PostgreSQL prints the JSON. One round trip instead of four (begin, set, select, commit) and no ORM, so that get and
list stay near the limit of the stack (docs/decisions/0004). The lateral join makes the inner query depend on the
`set_config` call; were it ever evaluated before it, row-level security would show nothing: it fails closed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, bindparam, func, or_, text, tuple_
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from shared.data.cursors import Cursor
from shared.problems import NotFound

_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]
_ORGANISATION = text("org.id is not null")


class Connection(Protocol):
    """What a read runs on: the read pool, or the connection of the transaction that has just written."""

    async def fetchrow(self, query: str, *args: Any) -> Any: ...

    async def fetch(self, query: str, *args: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL for the driver, with the names of its parameters in order and the values that are part of the select."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    @classmethod
    def of(cls, select: Select[Any], also: str, order: str) -> "Statement":
        """Compile `select`, fenced; `also` names the columns of it that come back beside the JSON."""
        compiled = select.where(_ORGANISATION).compile(dialect=_DIALECT)
        names = tuple(compiled.positiontup or ())
        return cls(
            f"select row_to_json(r)::text as body, {also}"  # noqa: S608 - all of it was compiled by SQLAlchemy or stands in this file
            f" from (select set_config('app.org_id', ${len(names) + 1}, true) as id) org"
            f" cross join lateral ({compiled}) r"
            f" order by {order}",
            names,
            {name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        )

    def arguments(self, values: Mapping[str, Any], org_id: UUID) -> list[Any]:
        known = {**self.constants, **values}
        return [*(known[name] for name in self.names), str(org_id)]


class One:
    """Reads one thing by its id. The select names its columns and leaves the rest to this class."""

    def __init__(self, noun: str, select: Select[Any], *, by: ColumnElement[Any]) -> None:
        self.noun = noun
        self.select = select
        self.by = by
        self._statement = Statement.of(
            select.where(by == bindparam("id", type_=by.type)).limit(1), "r.version", "r.version"
        )

    async def read(self, connection: Connection, org_id: UUID, key: Any, **values: Any) -> tuple[bytes, int]:
        """The thing's JSON and its version; `NotFound` also when it is another organisation's."""
        row = await connection.fetchrow(self._statement.sql, *self._statement.arguments({"id": key, **values}, org_id))
        if row is None:
            raise NotFound(f"There is no {self.noun} {key}.")
        return row[0].encode(), row[1]


def mentioned(*columns: ColumnElement[str]) -> ColumnElement[bool]:
    """A filter for `q`: the words as they are, in any of these columns, in upper or lower case."""
    words = func.lower(bindparam("q", type_=Text()))
    return or_(*(func.strpos(func.lower(column), words) > 0 for column in columns))


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How much of a list, from where, in which order (`-name` is descending)."""

    limit: int
    cursor: str | None
    sort: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its select, and what it can be filtered and sorted by. Sort columns are selected, and never null."""

    select: Select[Any]
    id: ColumnElement[Any]
    filters: Mapping[str, ColumnElement[bool]]
    sorts: Mapping[str, ColumnElement[Any]]
    _compiled: dict[tuple[frozenset[str], str, bool], Statement] = field(default_factory=dict)

    async def read(self, connection: Connection, org_id: UUID, page: PageRequest, values: Mapping[str, Any]) -> bytes:
        """One page as JSON; filters whose value is None are left out of the query."""
        given = {name: value for name, value in values.items() if value is not None}
        name = page.sort.removeprefix("-")
        if page.cursor is not None:
            cursor = Cursor.decode(page.cursor, kind=_python_type(self.sorts[name]), sort=page.sort)
            given |= {"cursor_value": cursor.value, "cursor_id": cursor.id}
        statement = self._statement(frozenset(given), page.sort, page.cursor is not None)
        rows = await connection.fetch(
            statement.sql, *statement.arguments({**given, "page_size": page.limit + 1}, org_id)
        )
        return self._page(rows, page)

    def _statement(self, given: frozenset[str], sort: str, resumed: bool) -> Statement:
        key = (given, sort, resumed)
        if key not in self._compiled:
            self._compiled[key] = self._compile(given, sort, resumed)
        return self._compiled[key]

    def _compile(self, given: frozenset[str], sort: str, resumed: bool) -> Statement:
        name, descending = sort.removeprefix("-"), sort.startswith("-")
        column = self.sorts[name]
        query = self.select.where(*(self.filters[each] for each in sorted(given & self.filters.keys())))
        if resumed:
            here = tuple_(column, self.id)
            last = tuple_(bindparam("cursor_value", type_=column.type), bindparam("cursor_id", type_=Uuid()))
            query = query.where(here < last if descending else here > last)
        order = (column.desc(), self.id.desc()) if descending else (column.asc(), self.id.asc())
        direction = "desc" if descending else "asc"
        return Statement.of(
            query.order_by(*order).limit(bindparam("page_size")),
            f"r.{name}, r.id",
            f"r.{name} {direction}, r.id {direction}",
        )

    @staticmethod
    def _page(rows: list[Any], page: PageRequest) -> bytes:
        items = ",".join(row[0] for row in rows[: page.limit])
        following = "null"
        if len(rows) > page.limit:
            last = rows[page.limit - 1]
            following = f'"{Cursor(page.sort, last[1], last[2]).encode()}"'
        return f'{{"items":[{items}],"next_cursor":{following}}}'.encode()


def _python_type(column: ColumnElement[Any]) -> type[Any]:
    """The type of the column's values; SQLModel's text is a decorated type, which does not say it itself."""
    kind: type[Any] = getattr(column.type, "impl_instance", column.type).python_type
    return kind
