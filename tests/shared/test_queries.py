"""A list or a thing whose parts do not fit together fails when it is declared, not when it is asked for."""

from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import Boolean, DateTime, Text, Uuid, bindparam, column, select, table

from shared.clock import now
from shared.data.cursors import Cursor
from shared.data.queries import ListQuery, Mentions, NotAFilter, Query, Where
from shared.data.reads import Listing, One
from shared.http.fields import AsOf, Instant, UpdatedSince
from shared.http.operations import Routes
from shared.identity.callers import fence_of
from shared.identity.permissions import P

_ORG = UUID("01900000-0000-7000-8000-000000000000")
_FENCE = fence_of(_ORG)
_T = table(
    "things",
    column("id", Uuid()),
    column("code", Text()),
    column("done", Boolean()),
    column("tags", Text()),
    column("version", Text()),
    column("updated_at", DateTime(timezone=True)),
)
_C = _T.c
_THING = select(_C.id, _C.code, _C.done, _C.version, _C.updated_at)
_AS_OF = bindparam("as_of", type_=DateTime(timezone=True))


class _Thing(BaseModel):
    id: UUID
    code: str
    done: bool
    version: int
    updated_at: str


class _ThingQuery(ListQuery):
    sort: Literal["code", "-code", "updated_at"] = "code"
    code: str | None = None
    done: bool | None = None
    tag: Annotated[str | None, Where(lambda tag: _C.tags == tag)] = None
    q: Annotated[str | None, Mentions("code")] = None
    updated_since: UpdatedSince = None


class _Driver:
    """Notes what is sent, and finds nothing."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, query: str, *args: Any) -> Any:
        self.sent.append((query, args))
        return []

    fetchrow = fetch


def _listing(query: type[ListQuery], **options: Any) -> Listing:
    return Listing(options.pop("select", _THING), id=_C.id, query=query, **options)


async def test_each_field_filters_once_and_only_when_given() -> None:
    driver, things = _Driver(), _listing(_ThingQuery)
    assert set(things.filters) == {"code", "done", "tag", "q", "updated_since"}
    await things.read(driver, _FENCE, _ThingQuery())
    await things.read(driver, _FENCE, _ThingQuery(code="AC-1", done=False, tag="x", q="word", updated_since=now()))
    (plain, plain_args), (filtered, filtered_args) = driver.sent
    assert "things.code =" not in plain
    assert plain_args == (51, "app.org_id", str(_ORG))
    for condition in ("things.code = $", "things.done = $", "strpos(lower(things.code)", "things.updated_at >= $"):
        assert condition in filtered, filtered
    assert {"AC-1", False, "x", "word"} <= set(filtered_args)


async def test_a_page_goes_on_where_the_last_ended() -> None:
    driver, things = _Driver(), _listing(_ThingQuery)
    cursor = Cursor("-code", "AC-1", _ORG).encode()
    await things.read(driver, _FENCE, _ThingQuery(sort="-code", cursor=cursor))
    assert "(things.code, things.id) < ($" in driver.sent[0][0]


async def test_a_value_that_no_filter_takes_is_an_error_and_no_unfiltered_list() -> None:
    with pytest.raises(TypeError, match="holdr"):
        await _listing(_ThingQuery).read(_Driver(), _FENCE, _ThingQuery(), holdr="x")


def test_a_filter_that_names_no_column_is_refused() -> None:
    class Misspelt(ListQuery):
        sort: Literal["code"] = "code"
        cod: str | None = None

    with pytest.raises(TypeError, match=r"Misspelt\.cod is no selected column"):
        _listing(Misspelt)


def test_a_sort_that_names_no_column_is_refused() -> None:
    class Misspelt(ListQuery):
        sort: Literal["code", "-cod"] = "code"

    with pytest.raises(TypeError, match="cod"):
        _listing(Misspelt)


def test_a_parameter_of_the_select_may_not_be_left_out() -> None:
    class Optional(ListQuery):
        sort: Literal["code"] = "code"
        as_of: Instant | None = None

    class Present(ListQuery):
        sort: Literal["code"] = "code"
        as_of: AsOf
        other: Annotated[bool, NotAFilter()] = False

    late = _THING.where(_C.updated_at < _AS_OF)
    with pytest.raises(TypeError, match="can be None"):
        _listing(Optional, select=late)
    assert _listing(Present, select=late).values == frozenset()
    assert _listing(_ThingQuery, select=late).values == {"as_of"}


def test_a_thing_is_asked_only_for_what_its_select_takes() -> None:
    class AsOfQuery(Query):
        as_of: AsOf

    One("thing", _THING.where(_C.updated_at < _AS_OF), by=_C.id, query=AsOfQuery)
    with pytest.raises(TypeError, match="as_of"):
        One("thing", _THING, by=_C.id, query=AsOfQuery)


def test_what_is_selected_is_what_is_promised() -> None:
    class Less(BaseModel):
        id: UUID
        code: str
        done: bool
        version: int

    class Other(_Thing):
        title: str = Field(examples=["x"])

    routes = Routes("things")
    options: dict[str, Any] = {"permission": P.CONTROLS_READ, "description": "Things."}
    things, thing = _listing(_ThingQuery), One("thing", _THING, by=_C.id)
    routes.list("list_things", "/v1/things", things, _Thing, **options)
    routes.one("get_thing", "/v1/things/{thing_id}", thing, _Thing, **options)
    with pytest.raises(TypeError, match=r"selected only \['updated_at'\]"):
        routes.list("list_things", "/v1/things", things, Less, **options)
    with pytest.raises(TypeError, match=r"promised only \['title'\]"):
        routes.one("get_thing", "/v1/things/{thing_id}", thing, Other, **options)


def test_what_is_in_the_path_is_what_the_select_takes() -> None:
    routes = Routes("things")
    options: dict[str, Any] = {"permission": P.CONTROLS_READ, "description": "Things."}
    with pytest.raises(TypeError, match="owner_id"):
        routes.list("list_things", "/v1/owners/{owner_id}/things", _listing(_ThingQuery), _Thing, **options)
    owned = _listing(_ThingQuery, select=_THING.where(_C.tags == bindparam("owner_id", type_=Text())))
    routes.list("list_things", "/v1/owners/{owner_id}/things", owned, _Thing, **options)
    with pytest.raises(TypeError, match="owner_id"):
        routes.list("list_things", "/v1/things", owned, _Thing, **options)
