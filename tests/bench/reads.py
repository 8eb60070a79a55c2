"""Every declared list of a service and every thing on it, and the very same selects for the bare limit.

What is read is found in the service's own routes, so that a new list is measured without anybody adding it here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import httpx
from sqlalchemy import Column, ColumnElement, Date, DateTime, Select, Uuid, literal, literal_column, or_
from sqlalchemy.dialects.postgresql import asyncpg as dialect

from deploy.client import done
from services.controls.days import day_of
from shared.clock import now
from shared.data.reads import Listing, One
from shared.identity.callers import PLATFORM
from shared.service import Service

PAGE = 50
# What comes with Attest is read by every organisation beside its own; the directory of firms is one for all.
_SHIPPED = frozenset(
    {"frameworks", "framework_versions", "requirements", "crosswalks", "crosswalk_entries", "retention_classes"}
)
_DIRECTORY = frozenset({"firms", "licences"})
_DIALECT = dialect.dialect()  # type: ignore[no-untyped-call]
_IN_PATH = re.compile(r"\{(\w+)\}")

Known = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One read: the paths that are asked for, and the statement that answers each of them on the bare limit.

    The statement of a thing takes the id of it; `template` is its path with `{}` there.
    """

    name: str
    paths: Sequence[str]
    sql: str
    template: str | None = None


async def readings(service: Service, org_id: UUID, asking: httpx.AsyncClient) -> tuple[list[Reading], list[str]]:
    """All reads of a service that have something to answer, and the paths of those that have nothing.

    An empty page measures nothing but what a request costs that reads nothing.
    """
    declared = dict(pair for routes in service.routes for pair in routes.reads)
    known = await _ids(declared, asking)
    found, left_out = [], []
    for path, read in declared.items():
        names = _IN_PATH.findall(path)
        if isinstance(read, Listing):
            needed = {name: _ids_of(name, path, known) for name in (*names, *_required(read))}
            given = {name: ids[0] for name, ids in needed.items() if ids}
            complete = given.keys() >= {*names, *_required(read)}
            if complete and await _items(asking, _request(path, read, given)):
                found.append(_list(path, read, org_id, given))
                continue
        elif all(known.get(name) for name in names[:-1]) and known.get(_its_list(path, known)):
            found.append(_thing(path, read, org_id, known))
            continue
        left_out.append(path)
    return found, left_out


def _ids_of(name: str, path: str, known: Known) -> Sequence[str]:
    """The ids that may stand for a name in this path: of the list that leads there, or else of the first so named."""
    its_list = path.partition(f"/{{{name}}}")[0]
    return known[its_list] if its_list in known else known.get(name, [])


def _its_list(path: str, known: Known) -> str:
    """Where the ids of the things of this path are known: by its list, or by the name that they have in paths."""
    its_list, _, last = path.rpartition("/{")
    return its_list if its_list in known else last.partition("}")[0]


async def _ids(declared: Mapping[str, Listing | One], asking: httpx.AsyncClient) -> Known:
    """Ids of what is on the lists, by the list and by the name that they have in paths and queries: `control_id`.

    Things of several lists may have one name, such as versions; those of the first list have it here.
    """
    known: Known = {}
    things = {
        path.rpartition("/{")[0]: (path.rpartition("{")[2][:-1], read)
        for path, read in declared.items()
        if isinstance(read, One) and path.endswith("}")
    }
    names = {path: name for path, (name, _) in things.items()}
    keys = {path: str(read.by.key) for path, (_, read) in things.items()}
    lists = {path: read for path, read in declared.items() if isinstance(read, Listing) and path in names}
    while lists:
        ready = {
            path: [*_IN_PATH.findall(path), *_required(read)]
            for path, read in lists.items()
            if known.keys() >= {*_IN_PATH.findall(path), *_required(read)}
        }
        if not ready:
            break
        for path, needed in ready.items():
            read = lists.pop(path)
            if all(known[name] for name in needed):
                address = _request(path, read, {name: known[name][0] for name in needed})
                items = await _items(asking, address)
                known[path] = [item.get(keys[path]) or item["id"] for item in items]
            else:
                known[path] = []
            known.setdefault(names[path], known[path])
    return known


async def _items(asking: httpx.AsyncClient, address: str) -> list[dict[str, Any]]:
    """The first page of a list; nothing where the caller may not read it, as an organisation what is the operator's."""
    answer = await asking.get(address)
    return [] if answer.status_code == httpx.codes.FORBIDDEN else cast("list[dict[str, Any]]", done(answer)["items"])


def _required(read: Listing) -> list[str]:
    """The query parameters without which the list answers nothing."""
    return [name for name, field in read.query.model_fields.items() if field.is_required()]


def _request(path: str, read: Listing, given: Mapping[str, str]) -> str:
    query = "&".join(f"{name}={given[name]}" for name in _required(read))
    return path.format(**given) + (f"?{query}" if query else "")


def _list(path: str, read: Listing, org_id: UUID, given: Mapping[str, str]) -> Reading:
    sort = str(read.query.model_fields["sort"].default)
    column, descending = read.sorts[sort.removeprefix("-")], sort.startswith("-")
    query = read.select.where(*(read.filters[name] for name in _required(read) if name in read.filters))
    order = (column.desc(), read.id.desc()) if descending else (column, read.id)
    inner = _sql(_ours(query, read.id, org_id).order_by(*order).limit(PAGE + 1), given)
    sql = f"select row_to_json(r)::text, r.{sort.removeprefix('-')}, r.id from ({inner}) r"  # noqa: S608 - the service's own select
    return Reading(f"GET {path}", [_request(path, read, given)], sql)


def _thing(path: str, read: One, org_id: UUID, known: Known) -> Reading:
    *others, last = _IN_PATH.findall(path)
    given = {name: known[name][0] for name in others}
    key: ColumnElement[Any] = literal_column(f"$1::text::{read.by.type.compile(_DIALECT)}")
    query = _ours(read.select, read.by, org_id).where(read.by == key)
    sql = f"select row_to_json(r)::text, r.version from ({_sql(query, given)}) r"  # noqa: S608 - the service's own select
    paths = [path.format(**given, **{last: key}) for key in known[_its_list(path, known)]]
    return Reading(f"GET {path}", paths, sql, path.format(**given, **{last: "{}"}))


def _ours(query: Select[Any], key: ColumnElement[Any], org_id: UUID) -> Select[Any]:
    """The rows that one organisation reads, by the table that has the key."""
    (column,) = key.base_columns
    if not isinstance(column, Column) or column.table.name in _DIRECTORY:
        # It is made of the one thing that the path names, or it is everybody's; licences of people stay in their firm.
        of_people = column.table.c.get("person_id") if isinstance(column, Column) else None
        return query if of_people is None else query.where(of_people.is_(None))
    owner = column.table.c.org_id
    if column.table.name in _SHIPPED:
        return query.where(owner.in_([literal(org_id), literal(PLATFORM)]))
    if "client_id" in column.table.c:  # an auditing party's row, which it shows to its client
        return query.where(or_(owner == literal(org_id), column.table.c.client_id == literal(org_id)))
    return query.where(owner == literal(org_id))


def _sql(query: Select[Any], given: Mapping[str, str]) -> str:
    values = dict(_values(query, given))
    return str(query.params(**values).compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def _values(query: Select[Any], given: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """What the select is given: ids that stand in the path or the query, and the present for what it is as of."""
    for name, bind in query.compile(dialect=_DIALECT).binds.items():
        if not bind.required:
            continue
        match bind.type:
            case Uuid():
                yield name, UUID(given[name])
            case Date():
                yield name, day_of(now())
            case DateTime():
                yield name, now()
            case _:
                yield name, given[name]
