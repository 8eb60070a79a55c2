"""Reads: a Core select, compiled once, sent as one statement that sets what row-level security shows, and reads.

PostgreSQL prints the JSON. One round trip instead of four (begin, set, select, commit) and no ORM, so that get and
list stay near the limit of the stack (docs/decisions/0004). The lateral join makes the inner query depend on the
`set_config` call; were it ever evaluated before it, row-level security would show nothing: it fails closed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, get_args

from sqlalchemy import ColumnElement, Label, Select, Uuid, bindparam, func, literal_column, text, tuple_
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from shared.data.cursors import Cursor
from shared.data.outside import ClientWords, NamesControls
from shared.data.queries import Columns, Filter, ListQuery, Mentions, NotAFilter, Query, may_be_none, parameter
from shared.identity.callers import Fence
from shared.problems import NotFound

_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]
_FENCED = text("fence.value is not null")
EMPTY_PAGE = b'{"items":[],'
_WORDS = frozenset({"title", "name"})  # columns by which lists are sorted, and in which people write what they want
_SEARCH = "q"  # whatever a list makes of it
_OF_THE_PAGE = frozenset(ListQuery.model_fields)


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
        compiled = select.where(_FENCED).compile(dialect=_DIALECT)
        names = tuple(compiled.positiontup or ())
        return cls(
            f"select row_to_json(r)::text as body, {also}"  # noqa: S608 - all of it was compiled by SQLAlchemy or stands in this file
            f" from (select set_config(${len(names) + 1}, ${len(names) + 2}, true) as value) fence"
            f" cross join lateral ({compiled}) r"
            f" order by {order}",
            names,
            {name: bind.value for name, bind in compiled.binds.items() if not bind.required},
        )

    def asked(self) -> frozenset[str]:
        """The names of the parameters whose values come with each read."""
        return frozenset(self.names) - self.constants.keys()

    def arguments(self, values: Mapping[str, Any], fence: Fence) -> list[Any]:
        known = {**self.constants, **values}
        return [*(known[name] for name in self.names), fence.setting, fence.value]


class One:
    """Reads one thing by its id. The select names its columns and leaves the rest to this class.

    `query` is what can be asked of it besides; `values` are the parameters of the select that no field of it gives.
    `names_controls`: words of the client stand in it, or in some of its members, which name controls outside the scope
    to no auditor.
    """

    def __init__(
        self,
        noun: str,
        select: Select[Any],
        *,
        by: ColumnElement[Any],
        query: type[Query] | None = None,
        names_controls: NamesControls = False,
    ) -> None:
        self.noun = noun
        self.names_controls = names_controls
        self.select = select
        self.by = by
        self.query = query
        self._statement = Statement.of(
            select.where(by == bindparam("id", type_=by.type)).limit(1), "r.version", "r.version"
        )
        fields = query.model_fields if query else {}
        self.values = self._statement.asked() - fields.keys() - {"id"}
        if unused := fields.keys() - self._statement.asked():
            raise TypeError(f"{noun}: no parameter of the select is called {sorted(unused)}")

    @property
    def columns(self) -> frozenset[str]:
        """The members of what is answered."""
        return frozenset(self.select.selected_columns.keys())

    async def read(self, connection: Connection, fence: Fence, key: Any, **values: Any) -> tuple[bytes, int]:
        """The thing's JSON and its version; `NotFound` also when it is behind the fence, as another organisation's."""
        row = await connection.fetchrow(self._statement.sql, *self._statement.arguments({"id": key, **values}, fence))
        if row is None:
            raise NotFound(f"There is no {self.noun} {key}.")
        return row[0].encode(), row[1]


class Listing:
    """A list: its select, and the model of what can be asked of it, whose fields are its filters.

    `given` are filters that no caller can ask for, with values that the endpoint finds out; `values` are the
    parameters of the select that no field of the query gives, such as what is in the path. A name that is missing
    or that does not fit is an error when the list is declared.
    """

    def __init__(
        self,
        select: Select[Any],
        *,
        id: ColumnElement[Any],  # noqa: A002 - it is called so everywhere
        query: type[ListQuery],
        given: Mapping[str, ColumnElement[bool]] | None = None,
        names_controls: NamesControls = False,
    ) -> None:
        self.names_controls = names_controls
        self.select = select
        self.id = id
        self.query = query
        self.filters: dict[str, ColumnElement[bool]] = dict(given or {})
        self._given = frozenset(self.filters)
        self._compiled: dict[tuple[frozenset[str], str, bool], Statement] = {}
        columns = {name: _plain(column) for name, column in select.selected_columns.items()}
        self.sorts = _sorts(query, columns)
        self.filters |= _filters(query, columns)
        self.values = self._missing(columns)

    @property
    def columns(self) -> frozenset[str]:
        """The members of each item."""
        return frozenset(self.select.selected_columns.keys())

    def asks_for_words(self, query: ListQuery) -> Iterator[str]:
        """The parameters by which rows are found or ordered by what people wrote in them.

        Whoever is not answered these words could find them out so: by guessing, or from the cursor of a page.
        """
        for name, field in self.query.model_fields.items():
            looked_in = [mark.columns for mark in field.metadata if isinstance(mark, Mentions)]
            finds = any(map(self._has_words, *looked_in)) if looked_in else name == _SEARCH
            if finds and getattr(query, name) is not None:
                yield name
        by = query.sort.removeprefix("-")
        if by in _WORDS and self._has_words(by):
            yield "sort"

    def _has_words(self, column: str) -> bool:
        """Whether people of the client wrote what is in a column, where it is said which ones they write in."""
        words = self.names_controls
        return not isinstance(words, ClientWords) or column in words.members

    async def read(self, connection: Connection, fence: Fence, query: ListQuery, **given: Any) -> bytes:
        """One page as JSON; filters whose value is None are left out of the query."""
        if strangers := given.keys() - self.values - self._given:
            raise TypeError(f"the list has no parameter {sorted(strangers)}")
        asked = query.__dict__
        values = {name: value for name, value in {**asked, **given}.items() if value is not None}
        limit, cursor, sort = asked["limit"], asked["cursor"], asked["sort"]
        if cursor is not None:
            column = self.sorts[sort.removeprefix("-")]
            last = Cursor.decode(cursor, kind=_python_type(column), sort=sort)
            values |= {"cursor_value": last.value, "cursor_id": last.id}
        statement = self._statement(frozenset(self.filters.keys() & values.keys()), sort, cursor is not None)
        values["page_size"] = limit + 1
        rows = await connection.fetch(statement.sql, *statement.arguments(values, fence))
        return _page(rows, limit, sort)

    def _statement(self, filters: frozenset[str], sort: str, resumed: bool) -> Statement:
        key = (filters, sort, resumed)
        if key not in self._compiled:
            self._compiled[key] = self._compile(filters, sort, resumed)
        return self._compiled[key]

    def _compile(self, filters: frozenset[str], sort: str, resumed: bool) -> Statement:
        name, descending = sort.removeprefix("-"), sort.startswith("-")
        column = self.sorts[name]
        query = self.select.where(*(self.filters[filter_] for filter_ in sorted(filters)))
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

    def _missing(self, columns: Columns) -> frozenset[str]:
        """The parameters that must be given with every read, found by compiling the list with all its filters."""
        fields = self.query.model_fields
        unfiltered = self._compile(frozenset(), next(iter(self.sorts)), resumed=False).asked()
        asked = self._compile(frozenset(self.filters), next(iter(self.sorts)), resumed=False).asked() - {"page_size"}
        here = fields.keys() - _OF_THE_PAGE - self.filters.keys()
        for name in here:
            if any(isinstance(mark, NotAFilter) for mark in fields[name].metadata):
                continue
            if name not in asked:
                raise TypeError(f"{self.query.__name__}.{name} is no selected column; mark how it filters")
            if may_be_none(fields[name].annotation):
                raise TypeError(f"{self.query.__name__}.{name} is a parameter of the select and can be None")
        if "id" not in columns or any(name in unfiltered for name in self.filters):
            raise TypeError(
                f"{self.query.__name__}: a filter's name is a parameter of the select, or no id is selected"
            )
        return asked - here - self.filters.keys()


def _sorts(query: type[ListQuery], columns: Columns) -> dict[str, ColumnElement[Any]]:
    names = dict.fromkeys(name.removeprefix("-") for name in get_args(query.model_fields["sort"].annotation))
    if not names or names.keys() - columns.keys():
        raise TypeError(f"{query.__name__}.sort names what is not selected: {sorted(names.keys() - columns.keys())}")
    return {name: columns[name] for name in names}


def _filters(query: type[ListQuery], columns: Columns) -> dict[str, ColumnElement[bool]]:
    found: dict[str, ColumnElement[bool]] = {}
    for name, field in query.model_fields.items():
        if name in _OF_THE_PAGE:
            continue
        marks = [mark for mark in field.metadata if isinstance(mark, Filter)]
        if marks:
            found[name] = marks[0].condition(columns, parameter(name, field.annotation))
        elif name in columns and not any(isinstance(mark, NotAFilter) for mark in field.metadata):
            found[name] = columns[name] == parameter(name, field.annotation)
    return found


def _page(rows: list[Any], limit: int, sort: str) -> bytes:
    items = ",".join(row[0] for row in rows[:limit])
    following = "null"
    if len(rows) > limit:
        last = rows[limit - 1]
        following = f'"{Cursor(sort, last[1], last[2]).encode()}"'
    return f'{{"items":[{items}],"next_cursor":{following}}}'.encode()


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a label names, to be compared and sorted by."""
    return column.element if isinstance(column, Label) else column


def _python_type(column: ColumnElement[Any]) -> type[Any]:
    """The type of the column's values; SQLModel's text is a decorated type, which does not say it itself."""
    kind: type[Any] = getattr(column.type, "impl_instance", column.type).python_type
    return kind


def json_object(**members: ColumnElement[Any]) -> ColumnElement[Any]:
    """A JSON object of these columns, for what a read selects. Label it."""
    return func.jsonb_build_object(*chain(*((literal_column(f"'{name}'"), member) for name, member in members.items())))
