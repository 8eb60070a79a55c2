"""The path and query parameters of a read, checked all at once.

FastAPI checks each parameter by itself and solves the tree of dependencies anew for each request; most reads have only
parameters and the one door, and one Pydantic model made of the same annotations takes a tenth of the time (see
docs/decisions/0004). The contract is still FastAPI's, and a refusal says the same.
"""

import inspect
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from fastapi import Request, Response, params
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError, create_model
from starlette.requests import HTTPConnection
from starlette.routing import compile_path

# What FastAPI makes of several values, or of something else than a value.
_OTHER = (list, set, frozenset, tuple, dict, BaseModel, HTTPConnection)


class Parameters:
    """What an endpoint takes besides the door named `door`."""

    def __init__(self, door: str, model: type[BaseModel], in_path: frozenset[str]) -> None:
        self.door = door
        self._model = model
        self._in_path = in_path

    @classmethod
    def of(cls, endpoint: Callable[..., Any], path: str, door: Any) -> "Parameters | None":
        """The parameters of an endpoint that takes only these and one `door`; None for any other endpoint."""
        signature = inspect.signature(endpoint, eval_str=True)
        named = {name: each.annotation for name, each in signature.parameters.items()}
        doors = [name for name, annotation in named.items() if annotation == door]
        taken = {
            name: (each.annotation, each.default) for name, each in signature.parameters.items() if name not in doors
        }
        plain = all(_is_plain(annotation, default) for annotation, default in taken.values())
        if not plain or len(doors) != 1 or signature.return_annotation is not Response:
            return None
        fields = {
            name: (annotation, ... if default is inspect.Parameter.empty else default)
            for name, (annotation, default) in taken.items()
        }
        model: type[BaseModel] = create_model(endpoint.__name__, **fields)  # type: ignore[call-overload]
        return cls(doors[0], model, frozenset(compile_path(path)[2]))

    def read(self, request: Request) -> dict[str, Any]:
        """The values, or FastAPI's own error that names each parameter that is wrong."""
        given = request.path_params
        if request.scope["query_string"]:
            given = {**request.query_params, **given}
        try:
            return self._model.model_validate(given).__dict__
        except ValidationError as error:
            faults = [{**each, "loc": (self._where(each["loc"]), *each["loc"])} for each in error.errors()]
            raise RequestValidationError(faults) from error

    def _where(self, location: tuple[int | str, ...]) -> str:
        return "path" if location[0] in self._in_path else "query"


def _is_plain(annotation: Any, default: Any) -> bool:
    """Whether one value of the path or the query becomes it."""
    marks = [*getattr(annotation, "__metadata__", ()), default]
    if any(isinstance(mark, params.Depends | params.Body | params.Header | params.Cookie) for mark in marks):
        return False
    return _is_single(annotation)


def _is_single(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _is_single(annotation.__origin__)
    if get_origin(annotation) in {Union, UnionType}:
        return all(_is_single(each) for each in get_args(annotation))
    return get_origin(annotation) is Literal or (isinstance(annotation, type) and not issubclass(annotation, _OTHER))
