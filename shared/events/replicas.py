"""What is known of the things of other services, kept in a table as their events tell it.

    CONTROLS = Replica(
        KnownControl,
        Facet("control_version", (ControlDefined, ControlRetired), "code", "title", retired=is_one_of(ControlRetired)),
        Facet("health_version", (ControlFailing, ControlRecovered), "code", "title", "health"),
    )

    @hears_in_batches(*CONTROLS.events)
    async def know_controls(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
        await CONTROLS.note(session, heard)

Events come in any order and more than once. The newest version wins, and those that share a version tell the same.
Where events of several kinds tell of a thing and count their versions apart, each kind has its facet: a column for the
newest version heard, 0 before the first, and the fields that go with it. A field of two facets belongs to the one that
is declared first; the other fills it until then.

Nothing is deleted. That a thing has ended is a field like the others, or an older event that comes late would bring it
back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, case, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import SQLModel

from shared.data.base import table_of
from shared.data.bulk import document, inserting
from shared.data.sessions import organisation_of
from shared.events.event import Event, Heard

Row = Mapping[str, Any]
Source = Callable[[Heard[Any]], Any]

Key = tuple[UUID, ...]


def is_one_of(*kinds: type[Event]) -> Source:
    """Whether the event is one of these kinds: `retired=is_one_of(ControlRetired)`."""
    return lambda heard: isinstance(heard.event, kinds)


class Facet:
    """The fields that events of these kinds tell, and the column of the newest version heard.

    A field that is only named has the name of an attribute of the events; the others come with how to find them.
    `rows` says what an event tells where that is not one row, that of its subject: the columns of each row but
    `org_id` and the version, of as many rows as there are.
    """

    def __init__(
        self,
        version: str,
        events: Sequence[type[Event]],
        *fields: str,
        rows: Callable[[Heard[Any]], Iterable[Row]] | None = None,
        **found: Source,
    ) -> None:
        self.version, self.events, self.fields = version, tuple(events), (*fields, *found)
        self._rows = rows
        self._sources: dict[str, Source] = {name: attrgetter(f"event.{name}") for name in fields} | found
        if rows is None:
            for kind in self.events:
                if missing := {*fields} - {*kind.model_fields}:
                    raise TypeError(f"{kind.name} has no {', '.join(sorted(missing))}")

    def rows_of(self, heard: Heard[Any]) -> Iterable[Row]:
        """What this facet gets to know from an event: the columns of its rows, without the version."""
        if self._rows is not None:
            return self._rows(heard)
        return [{"id": heard.subject} | {name: source(heard) for name, source in self._sources.items()}]


@dataclass(frozen=True, slots=True)
class News:
    """Something new that an event told: the columns it set, by name."""

    heard: Heard[Any]
    row: Row


class Replica:
    """A table of what is known of things of another service, by `(org_id, *key)`; see the top of this module.

    Until a facet is heard its fields have the model's defaults, or null.
    """

    def __init__(self, model: type[SQLModel] | Table, *facets: Facet, key: Sequence[str] = ("id",)) -> None:
        self.facets, self.key = facets, tuple(key)
        self.events = tuple(dict.fromkeys(kind for facet in facets for kind in facet.events))
        fields = dict.fromkeys(name for facet in facets for name in facet.fields)
        self._unheard = {name: _default(model, name) for name in fields} | {facet.version: 0 for facet in facets}
        self._statement = self._noting(model if isinstance(model, Table) else table_of(model), [*fields])

    async def note(self, session: AsyncSession, heard: Sequence[Heard[Any]]) -> list[News]:
        """Take in what events tell, in one statement however many they are; what of it was new, in the order heard.

        What is older than what is known changes nothing. The rows are locked in the order of their keys.
        """
        news_by_key = self._newest(heard)
        if not news_by_key:
            return []
        org_id = organisation_of(session)
        rows = [self._merged(news_by_key[key]) | {"org_id": org_id} for key in sorted(news_by_key)]
        known = {
            tuple(row[name] for name in self.key): row
            for row in (await session.execute(self._statement, document(rows))).mappings()
        }
        place = {event.id: number for number, event in enumerate(heard)}
        new = (
            news
            for key, facets in news_by_key.items()
            if key in known
            for facet, news in facets.items()
            if known[key][facet.version] == news.heard.version
        )
        return sorted(new, key=lambda news: place[news.heard.id])

    def _newest(self, heard: Sequence[Heard[Any]]) -> dict[Key, dict[Facet, News]]:
        newest: dict[Key, dict[Facet, News]] = {}
        for event in sorted(heard, key=attrgetter("version")):
            for facet in self.facets:
                if isinstance(event.event, facet.events):
                    for row in facet.rows_of(event):
                        if row.keys() != {*self.key, *facet.fields}:
                            raise TypeError(f"{event.event.name} tells {sorted(row)} of {facet.fields}")
                        newest.setdefault(tuple(row[name] for name in self.key), {})[facet] = News(event, row)
        return newest

    def _merged(self, news_by_facet: Mapping[Facet, News]) -> dict[str, Any]:
        row = dict(self._unheard)
        for facet in reversed(self.facets):  # the first that has a field has the last word
            if facet in news_by_facet:
                row |= {**news_by_facet[facet].row, facet.version: news_by_facet[facet].heard.version}
        return row

    def _noting(self, table: Table, fields: Sequence[str]) -> ReturningInsert[Any]:
        versions = [facet.version for facet in self.facets]
        statement = inserting(table, ["org_id", *self.key, *fields, *versions])
        known, given = table.c, statement.excluded

        def newer(facet: Facet) -> ColumnElement[bool]:
            return given[facet.version] > known[facet.version]

        def value(name: str) -> ColumnElement[Any]:
            owner, *others = (facet for facet in self.facets if name in facet.fields)
            unheard = and_(known[owner.version] == 0, given[owner.version] == 0)
            fills = [(and_(unheard, newer(facet)), given[name]) for facet in others]
            return case((newer(owner), given[name]), *fills, else_=known[name])

        return statement.on_conflict_do_update(
            index_elements=["org_id", *self.key],
            set_={name: value(name) for name in fields}
            | {version: func.greatest(known[version], given[version]) for version in versions},
            where=or_(*(newer(facet) for facet in self.facets)),
        ).returning(*(known[name] for name in (*self.key, *versions)))


def _default(model: type[SQLModel] | Table, name: str) -> Any:
    if isinstance(model, Table):
        return None
    field = model.model_fields[name]
    return None if field.is_required() else field.get_default(call_default_factory=True)
