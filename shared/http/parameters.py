"""The path and query parameters of an operation: no query parameter is ignored, and a read's are checked at once.

FastAPI solves the tree of dependencies anew for each request; most reads have only parameters and the one door, and
checking these by their own models takes a tenth of the time (docs/decisions/0004). The contract is still FastAPI's,
and a refusal says the same.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.routing import compile_path

from shared.data.queries import Query
from shared.problems import Fault, Problem

_SHOWN = 60  # characters of a name that a refusal repeats


class UnknownParameter(Problem):
    """The query parameter does not exist."""

    status = 400


class RepeatedParameter(Problem):
    """A query parameter was sent more than once."""

    status = 400


def known_parameters(dependant: Dependant) -> dict[str, bool]:
    """The query parameters of an endpoint and its dependencies, and whether each takes several values."""
    found: dict[str, bool] = {}
    for parameter in dependant.query_params:
        annotation = parameter.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, Query):
            found |= {
                field.alias or name: _takes_several(field.annotation) for name, field in annotation.model_fields.items()
            }
        else:
            found[parameter.alias] = _takes_several(annotation)
    for dependency in dependant.dependencies:
        found |= known_parameters(dependency)
    return found


def query_of(query_string: bytes, known: Mapping[str, bool]) -> dict[str, Any]:
    """The values of a query by name, all of a list. `known` says of each parameter whether it takes several.

    Raises `UnknownParameter` and `RepeatedParameter`, so that a list is never answered unfiltered by a slip.
    """
    given: dict[str, Any] = {}
    # As Starlette reads it, so that FastAPI's own reading of the same query finds the same.
    for name, value in parse_qsl(query_string.decode("latin-1"), keep_blank_values=True):
        several = known.get(name)
        if several is None:
            raise _unknown(name[:_SHOWN], known)
        if several:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise RepeatedParameter(
                f"The query parameter '{name}' takes one value.", faults=[Fault(f"query/{name}", "sent several times")]
            )
        else:
            given[name] = value
    return given


def _unknown(name: str, known: Iterable[str]) -> UnknownParameter:
    names = sorted(known)
    nearest = get_close_matches(name, names, n=1)
    if nearest:
        hint = f"did you mean '{nearest[0]}'?"
    else:
        hint = f"known are {', '.join(names)}" if names else "this operation takes none"
    return UnknownParameter(
        f"There is no query parameter '{name}'; {hint}", faults=[Fault(f"query/{name}", f"unknown; {hint}")]
    )


class Parameters:
    """What an endpoint takes besides the door named `door`: scalars in the path, one `Query` at most."""

    def __init__(
        self, door: str, in_path: Mapping[str, TypeAdapter[Any]], query: tuple[str, type[Query]] | None
    ) -> None:
        self.door = door
        self._in_path = in_path
        self._query = query

    @classmethod
    def of(cls, endpoint: Callable[..., Any], path: str, door: Any) -> "Parameters | None":
        """The parameters of an endpoint that takes only these and one `door`; None for any other endpoint."""
        signature = inspect.signature(endpoint, eval_str=True)
        taken = {name: parameter.annotation for name, parameter in signature.parameters.items()}
        doors = [name for name, annotation in taken.items() if annotation == door]
        queries = [(name, model) for name, annotation in taken.items() if (model := _query_model(annotation))]
        in_path = [name for name in taken if name in compile_path(path)[2]]
        plain = len(taken) == len(doors) + len(queries) + len(in_path)
        if not plain or len(doors) != 1 or len(queries) > 1 or signature.return_annotation is not Response:
            return None
        adapters = {name: TypeAdapter(taken[name]) for name in in_path}
        return cls(doors[0], adapters, queries[0] if queries else None)

    def read(self, request: Request, given: dict[str, Any]) -> dict[str, Any]:
        """The values, or FastAPI's own error that names each parameter that is wrong; `given` is the query."""
        values: dict[str, Any] = {}
        faults: list[Any] = []
        for name, adapter in self._in_path.items():
            try:
                values[name] = adapter.validate_python(request.path_params[name])
            except ValidationError as error:
                faults += [{**fault, "loc": ("path", name)} for fault in error.errors()]
        if self._query:
            name, model = self._query
            try:
                values[name] = model.model_validate(given)
            except ValidationError as error:
                faults += [{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors()]
        if faults:
            raise RequestValidationError(faults)
        return values


def _takes_several(annotation: Any) -> bool:
    if get_origin(annotation) is list:
        return True
    return any(_takes_several(option) for option in get_args(annotation) if not isinstance(option, str))


def _query_model(annotation: Any) -> type[Query] | None:
    """The model of `Annotated[SomeQuery, Query()]`."""
    if get_origin(annotation) is not Annotated:
        return None
    kind, *marks = get_args(annotation)
    is_query = any(isinstance(mark, params.Query) for mark in marks)
    return kind if is_query and isinstance(kind, type) and issubclass(kind, Query) else None
