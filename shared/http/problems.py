"""Every refusal is an RFC 9457 problem+json that names the field, whoever raised it."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

from asyncpg import PostgresError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from shared.data.outages import NoFreeConnection, outage_of
from shared.http.context import RequestContext, request_id_of
from shared.http.declared import as_declared
from shared.problems import (
    MOST_FAULTS,
    Conflict,
    Fault,
    Invalid,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    Unforeseen,
    words_of,
)

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class FaultSchema(BaseModel):
    pointer: str = Field(description="JSON pointer into the body, or `query/…`, `header/…`, `path/…`")
    detail: str


class FaultGroupSchema(BaseModel):
    """Faults of the rows of a table that say the same of the same value of a column."""

    column: str
    value: str | None = Field(description="What the cells say; null where it is not their value that is wrong")
    detail: str = Field(examples=["'sometimes' is no frequency; did you mean ad_hoc?"])
    count: int = Field(description="In how many rows", examples=[33])
    rows: list[int] = Field(max_length=10, description="The first of them, as a spreadsheet numbers them")


class ProblemSchema(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="Leads to a page that says what the problem is and what helps")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's path")
    request_id: str
    errors: list[FaultSchema] = Field(default=[], max_length=MOST_FAULTS)
    more_errors: int = Field(default=0, description="How many there are besides those in `errors`")
    error_groups: list[FaultGroupSchema] = Field(
        default=[],
        max_length=MOST_FAULTS,
        description="Of a table: all its faults by column and value, those of the most rows first",
    )


def answer(request: Request, problem: Problem) -> Response:
    """A problem as a response."""
    shown = as_declared(request, problem)
    body = document(shown, instance=request.url.path, request_id=request_id_of(request.scope))
    return Response(json.dumps(body), shown.status, dict(shown.headers), MEDIA_TYPE)


def document(problem: Problem, *, instance: str, request_id: str) -> dict[str, Any]:
    """A problem as `ProblemSchema` describes it."""
    body: dict[str, Any] = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        "request_id": request_id,
    }
    if problem.faults:
        body["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in problem.faults]
    if problem.more_faults:
        body["more_errors"] = problem.more_faults
    if problem.groups:
        body["error_groups"] = [asdict(group) for group in problem.groups]
    return body


def problem_of(error: Exception) -> Problem:
    """A failure as a problem. A lost race is a conflict, an outage may be over soon; anything else is our fault."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, IntegrityError):
        name = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or "a rule"
        return Conflict(f"The database refused this: it would break {name}.")
    if outage := outage_of(error):
        _log.warning("not served: %s (%s)", outage, type(error).__name__)
        return Unavailable(f"{outage} Try again.", headers={"Retry-After": "1"})
    _log.error("unforeseen error", exc_info=error)
    return Unforeseen("This is a fault of Attest. The request id leads to it in the log.")


def install(app: FastAPI) -> None:
    """Answer every kind of failure as a problem."""
    for kind, handle in _HANDLERS.items():
        app.add_exception_handler(kind, handle)
    app.add_middleware(in_context)


def in_context(app: ASGIApp) -> RequestContext:
    """The application with what surrounds every request."""
    return RequestContext(app, _unforeseen, _too_large)


async def refusal(request: Request, error: Exception) -> Response:
    """The problem that a failure is answered as."""
    handle = next((_HANDLERS[kind] for kind in type(error).__mro__ if kind in _HANDLERS), _unforeseen)
    return await handle(request, error)


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return answer(request, problem)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    faults = [Fault(_pointer(fault["loc"]), words_of(fault)) for fault in found]
    detail = "; ".join(f"{fault.pointer}: {fault.detail}".removeprefix(": ") for fault in faults[:3])
    unreadable = any(fault["type"] == "json_invalid" for fault in found)
    return answer(request, (Malformed if unreadable else Invalid)(detail, faults=faults))


def _pointer(location: Sequence[Any]) -> str:
    where, *path = (str(part).replace("~", "~0").replace("/", "~1") for part in location)
    return "".join(f"/{part}" for part in path) if where == "body" else "/".join([where, *path])


async def _from_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _OF_THE_FRAMEWORK.get(error.status_code)
    if kind is None:
        return await _unforeseen(request, error)
    return answer(request, kind(str(error.detail), headers=dict(error.headers or {})))


def _too_large(request: Request) -> Response:
    return answer(request, TooLarge("The body is larger than this operation takes."))


async def _unforeseen(request: Request, error: Exception) -> Response:
    return answer(request, problem_of(error))


_OF_THE_FRAMEWORK = {kind.status: kind for kind in (Malformed, NotFound, MethodNotAllowed, TooLarge)}
_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Problem: _refused,
    RequestValidationError: _invalid,
    HTTPException: _from_framework,
    **dict.fromkeys((DBAPIError, PostgresError, NoFreeConnection, OSError), _unforeseen),
}
