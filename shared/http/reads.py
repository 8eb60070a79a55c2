"""Declared reads: an endpoint made of a list or of a thing's query, checked against what it promises to answer."""

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel
from starlette.routing import compile_path

from shared.data.queries import ListQuery
from shared.data.reads import EMPTY_PAGE, Listing, One
from shared.http.doors import Read, Reader

Endpoint = Callable[..., Coroutine[Any, Any, Response]]
# Finds out the values of a list's parameters and given filters that depend on who asks, or on another query.
Given = Callable[[Reader, Any], Awaitable[dict[str, Any]]]


def list_endpoint(
    listing: Listing, item: type[BaseModel], path: str, *, parent: One | None = None, given: Given | None = None
) -> Endpoint:
    """Answers a page of the list; what is in the path are the list's own parameters, and what `given` finds out.

    With `parent`, whose id is in the path, an empty page of a thing that is not there is 404.
    """
    in_path = _names_in(path)
    _same(path, "items", listing.columns, item)
    if given is None:
        _same_names(path, listing.values, in_path)

    async def answer_page(read: Reader, query: ListQuery, **values: Any) -> Response:
        if given:
            values |= await given(read, query)
        page = await read.page(listing, query, **values)
        if parent and bytes(page.body).startswith(EMPTY_PAGE):
            await read.one(parent, values[in_path[0]])
        return page

    parameters = dict.fromkeys(in_path, UUID) | {"query": Annotated[listing.query, Query()]}
    return _with_signature(answer_page, parameters)


def one_endpoint(one: One, thing: type[BaseModel], path: str, key: Any) -> Endpoint:
    """Answers the thing whose id, of type `key`, is the last in the path; the others are the query's parameters."""
    *others, last = _names_in(path)
    _same(path, "answer", one.columns, thing)
    _same_names(path, one.values, others)

    async def answer_one(read: Reader, **values: Any) -> Response:
        return await read.one(one, values.pop(last), **values)

    async def answer_one_as_asked(read: Reader, query: BaseModel, **values: Any) -> Response:
        return await read.one(one, values.pop(last), **values, **query.__dict__)

    parameters = dict.fromkeys(others, UUID) | {last: key}
    if one.query is None:
        return _with_signature(answer_one, parameters)
    return _with_signature(answer_one_as_asked, parameters | {"query": Annotated[one.query, Query()]})


def members_of(model: type[BaseModel]) -> frozenset[str]:
    """The names under which a model's fields are answered."""
    return frozenset(field.serialization_alias or name for name, field in model.model_fields.items())


def _names_in(path: str) -> list[str]:
    return list(compile_path(path)[2])


def _same(path: str, what: str, columns: frozenset[str], model: type[BaseModel]) -> None:
    promised = members_of(model)
    if columns != promised:
        raise TypeError(
            f"{path}: the {what} and {model.__name__} differ: selected only {sorted(columns - promised)}, "
            f"promised only {sorted(promised - columns)}"
        )


def _same_names(path: str, needed: frozenset[str], in_path: list[str]) -> None:
    if needed != set(in_path):
        raise TypeError(f"{path}: the select needs {sorted(needed)}, and the path gives {sorted(in_path)}")


def _with_signature(endpoint: Endpoint, parameters: Mapping[str, Any]) -> Endpoint:
    """The endpoint as FastAPI and `Parameters` see it: a door and these parameters, by name."""
    kind = inspect.Parameter.KEYWORD_ONLY
    taken = [inspect.Parameter(name, kind, annotation=annotation) for name, annotation in parameters.items()]
    door = inspect.Parameter("read", kind, annotation=Read)
    endpoint.__signature__ = inspect.Signature([door, *taken], return_annotation=Response)  # type: ignore[attr-defined]
    return endpoint
