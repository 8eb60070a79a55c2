"""The problems that follow from what an operation is; what its verb refuses besides is declared in `refuses`."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.params import Form
from fastapi.routing import APIRoute

from shared.http.parameters import RepeatedParameter, UnknownParameter, known_parameters
from shared.http.preconditions import require_version
from shared.problems import (
    BadGateway,
    Conflict,
    Forbidden,
    GatewayTimeout,
    InFlight,
    Invalid,
    KeyReused,
    Malformed,
    NotFound,
    PreconditionRequired,
    Problem,
    Stale,
    TooLarge,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unforeseen,
    UnsupportedMediaType,
)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Whatever an operation does: the edge, the query string, the database or a fault of ours can come to these.
_ALWAYS = (Malformed, UnknownParameter, TooManyRequests, Unforeseen, BadGateway, Unavailable, GatewayTimeout)


def takes_json(operation: APIRoute) -> bool:
    """Whether the operation has a JSON body, required or not."""
    return operation.body_field is not None and not isinstance(operation.body_field.field_info, Form)


def standard_problems(operation: APIRoute, *, guarded: bool, streamed: bool) -> frozenset[type[Problem]]:
    """What this operation may answer with before or after its verb; a `guarded` one needs a token that opens it."""
    return frozenset(_standard(operation, guarded=guarded, streamed=streamed))


def _standard(operation: APIRoute, *, guarded: bool, streamed: bool) -> Iterator[type[Problem]]:
    methods = operation.methods or set()
    yield from _ALWAYS
    if guarded:
        yield from (Unauthenticated, Forbidden)
    if "{" in operation.path:
        yield NotFound
    if not all(known_parameters(operation.dependant).values()):
        yield RepeatedParameter
    if _has_input(operation.dependant):
        yield Invalid
    if not methods <= SAFE:
        yield from (Conflict, TooLarge)
    if takes_json(operation) and not streamed:
        yield UnsupportedMediaType
    if "POST" in methods and guarded:
        yield from (InFlight, KeyReused)
    if _expects_version(operation.dependant):
        yield from (Stale, PreconditionRequired)


def _has_input(dependant: Dependant) -> bool:
    own = (dependant.path_params, dependant.query_params, dependant.header_params, dependant.body_params)
    return any(own) or any(_has_input(dependency) for dependency in dependant.dependencies)


def _expects_version(dependant: Dependant) -> bool:
    return any(dependency.call is require_version for dependency in dependant.dependencies)
