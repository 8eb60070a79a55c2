"""Operations: an endpoint with its permission, run as one transaction that is committed before the answer.

`Routes` declares them; `Operation` admits the caller before anything else happens and opens the transaction. The
permission in the contract (`x-permission`) is the very value that is enforced: there is no second list.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.data.reads import Listing, One
from shared.http import idempotency
from shared.http.doors import Handle, Read, Reader, platform_of, run_once
from shared.http.pages import Page
from shared.http.parameters import Parameters, known_parameters, query_of
from shared.http.reads import Endpoint, Given, list_endpoint, one_endpoint
from shared.http.standard_problems import SAFE, standard_problems, takes_json
from shared.identity.permissions import Permission
from shared.problems import Fault, Forbidden, NotFound, Problem, Unauthenticated, UnsupportedMediaType

E = TypeVar("E", bound=Callable[..., Any])
_PERMISSION = "x-permission"
AUDITORS = "x-auditors"
NO_FRAMEWORK_ERRORS = "default"  # FastAPI describes its own refusals of input where no other response is declared
LARGEST_BODY = 1024 * 1024  # bytes of JSON
_LONGEST_NOUN = 40  # characters
OPERATING = "Operating Attest"


class Operation(APIRoute):
    """A route that admits, opens the transaction, replays or remembers the answer, commits, then answers.

    `read` answers a read whose parameters are all that it takes; it needs nothing of FastAPI's around it. `refuses`
    are the problems of its own verb, `problems` all that it may answer.
    """

    read: Handle | None = None
    refuses: frozenset[type[Problem]] = frozenset()
    problems: frozenset[type[Problem]] = frozenset()

    def get_route_handler(self) -> Handle:
        endpoint = super().get_route_handler()
        declared = (self.openapi_extra or {})[_PERMISSION]
        permission = Permission(declared) if declared else None
        auditors = (self.openapi_extra or {}).get(AUDITORS, False)
        open_to_anyone = permission is None and not (self.openapi_extra or {}).get("security")
        safe = (self.methods or set()) <= SAFE
        known = known_parameters(self.dependant)
        parameters = Parameters.of(self.endpoint, self.path_format, Read) if safe and not self.dependencies else None
        is_json = takes_json(self)
        optional = self.body_field is not None and not self.body_field.field_info.is_required()

        async def admit_and_run(request: Request) -> Response:
            if not open_to_anyone:
                await admit(request, permission, auditors=auditors)
            query_string = request.scope["query_string"]
            given = query_of(query_string, known) if query_string else {}
            if parameters:
                values = parameters.read(request, given)
                response: Response = await self.endpoint(**values, **{parameters.door: Reader(request)})
                return response
            if is_json and not _says_json(request) and not (optional and _says_nothing(request)):
                raise UnsupportedMediaType(
                    "Send the body as application/json.", faults=[Fault("header/Content-Type", "not application/json")]
                )
            return await (endpoint(request) if safe or open_to_anyone else self.run_write(request, endpoint))

        self.read = admit_and_run if parameters else None
        return admit_and_run

    async def run_write(self, request: Request, endpoint: Handle) -> Response:
        """Run a write as one transaction; what it answers is true by the time it is sent."""
        caller = request.state.caller
        attempt = await idempotency.attempt_of(request, caller) if request.method == "POST" else None
        return await run_once(request, attempt, endpoint)


class StreamedOperation(Operation):
    """A POST or PATCH whose body is not read before its endpoint runs, which gets a `Stream` and not a `Write`."""

    async def run_write(self, request: Request, endpoint: Handle) -> Response:
        """Answer at once what was answered before; otherwise leave the transactions to the endpoint."""
        caller = request.state.caller
        attempt = await idempotency.attempt_of(request, caller, streamed=True) if request.method == "POST" else None
        if attempt is not None:
            async with platform_of(request).database.transaction(caller.org_id) as session:
                if first := await idempotency.replay(session, attempt):
                    return first
        request.state.attempt = attempt
        return await endpoint(request)


def _says_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


def _says_nothing(request: Request) -> bool:
    """Whether there is no body at all, for operations that take one or none."""
    headers = request.headers
    return headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers


async def admit(request: Request, permission: Permission | None, *, auditors: bool) -> None:
    """Note who calls, if their token is valid, and refuse without the permission, where one is needed: 401 or 403.

    A token for one engagement opens only operations for `auditors`.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(
            "Send an access token as `Authorization: Bearer …`.", headers={"WWW-Authenticate": "Bearer"}
        )
    request.state.caller = await platform_of(request).verifier.verify(token.strip())
    if request.state.caller.engagement is not None and not auditors:
        raise Forbidden("A token for one engagement does not open this operation.")
    if permission is not None and permission not in request.state.caller.permissions:
        raise Forbidden(
            f"This needs the permission {permission}.",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{permission}"'},
        )


@dataclass(slots=True)
class Routes:
    """The operations of one noun. Every one states its permission.

    `permission=None` is open to anyone, on purpose; with `signed_in=True`, to anyone with a valid token. A token for
    one engagement opens only what is declared with `auditors=True`. `reads` are the declared lists and things by their
    paths, for whoever measures or compares them.
    """

    tag: str
    module: str = ""
    reads: list[tuple[str, Listing | One]] = field(default_factory=list)
    _declared: list[Callable[[FastAPI], None]] = field(default_factory=list)

    @property
    def about(self) -> str:
        """What the noun is, from the docstring of its package; operations that no noun owns have their module's.

        Such a docstring begins with the noun and a colon, which the tag says already.
        """
        owner = self.module.removesuffix(".routes")
        text = " ".join((sys.modules[owner].__doc__ or "").split("\n\n")[0].split())
        noun, colon, rest = text.partition(": ")
        return rest[:1].upper() + rest[1:] if colon and len(noun) <= _LONGEST_NOUN else text

    @property
    def group(self) -> str:
        """Where the noun stands, in words: its service and area. What every service has is the operators'."""
        match self.module.split("."):
            case ["services", service, area, _, "routes"]:
                return service.capitalize() if area == service else f"{service.capitalize()}: {area}"
            case _:
                return OPERATING

    def list(
        self,
        name: str,
        path: str,
        listing: Listing,
        item: type[BaseModel],
        *,
        permission: Permission | None,
        description: str,
        parent: One | None = None,
        given: Given | None = None,
        auditors: bool = False,
    ) -> None:
        """Declare a list: `name` is its operationId, `parent` the thing in the path that has it.

        Without a `permission` it is open to anyone with a valid token, and `given` selects what they may see. Whoever
        has a token for one engagement reads it if it is for `auditors`: what the scope of the engagement shows.

        Raises `TypeError` when what is selected and the fields of `item` are not the same.
        """
        refuses = (NotFound,) if parent else ()
        endpoint = list_endpoint(listing, item, path, parent=parent, given=given)
        _name(endpoint, name, description, of=sys._getframe(1).f_globals["__name__"])  # noqa: SLF001 - who declares it
        options = {"signed_in": True, "response_model": Page[item], "refuses": refuses}  # type: ignore[valid-type]
        self.get(path, permission=permission, auditors=auditors, **options)(endpoint)
        self.reads.append((path, listing))

    def one(
        self,
        name: str,
        path: str,
        query: One,
        thing: type[BaseModel],
        *,
        permission: Permission,
        description: str,
        key: Any = UUID,
        auditors: bool = False,
    ) -> None:
        """Declare a read of one thing by its id: `name` is its operationId, `key` the type of the id.

        Whoever has a token for one engagement reads it if it is for `auditors` and in the scope of the engagement.

        Raises `TypeError` when what is selected and the fields of `thing` are not the same.
        """
        endpoint = one_endpoint(query, thing, path, key)
        _name(endpoint, name, description, of=sys._getframe(1).f_globals["__name__"])  # noqa: SLF001 - who declares it
        options = {"response_model": thing, "refuses": (NotFound,), "auditors": auditors}
        self.get(path, permission=permission, **options)(endpoint)
        self.reads.append((path, query))

    def get(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        return self._declare("GET", path, permission, options)

    def head(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        return self._declare("HEAD", path, permission, options)

    def options(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        return self._declare("OPTIONS", path, permission, options)

    def post(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        """`streamed=True` for a body that is not JSON and may be large: the endpoint takes `Stream`, not `Write`."""
        return self._declare("POST", path, permission, options)

    def put(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        return self._declare("PUT", path, permission, options)

    def patch(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        return self._declare("PATCH", path, permission, options)

    def delete(self, path: str, *, permission: Permission | None, **options: Any) -> Callable[[E], E]:
        return self._declare("DELETE", path, permission, options)

    def install(self, app: FastAPI) -> None:
        for declare in self._declared:
            declare(app)

    def _declare(
        self, method: str, path: str, permission: Permission | None, options: dict[str, Any]
    ) -> Callable[[E], E]:
        refusals: Sequence[type[Problem]] = options.pop("refuses", ())
        streamed = options.pop("streamed", False)
        guarded = options.pop("signed_in", False) or permission is not None
        # A read takes no body, and the verb that takes a stream counts it by its own limit.
        if method not in SAFE and not streamed:
            options["max_body_size"] = LARGEST_BODY
        more = options.pop("responses", {})
        extra = {_PERMISSION: permission, **options.pop("openapi_extra", {})}
        if options.pop("auditors", False):
            extra[AUDITORS] = True
        if guarded:
            extra["security"] = [{"bearer": [str(permission)] if permission else []}]

        def decorate(endpoint: E) -> E:
            self.module = self.module or endpoint.__module__

            def declare(app: FastAPI) -> None:
                app.router.add_api_route(
                    path,
                    endpoint,
                    methods=[method],
                    tags=[self.tag],
                    operation_id=endpoint.__name__,
                    summary=endpoint.__name__.replace("_", " ").capitalize(),
                    responses={NO_FRAMEWORK_ERRORS: {"description": "None of FastAPI's own"}, **more},
                    openapi_extra=extra,
                    route_class_override=StreamedOperation if streamed else Operation,
                    **options,
                )
                operation = app.router.routes[-1]
                assert isinstance(operation, Operation)
                standard = standard_problems(operation, guarded=guarded, streamed=streamed)
                operation.refuses = frozenset(refusals) - standard
                operation.problems = operation.refuses | standard

            self._declared.append(declare)
            return endpoint

        return decorate


def _name(endpoint: Endpoint, name: str, description: str, *, of: str) -> None:
    endpoint.__name__, endpoint.__doc__, endpoint.__module__ = name, description, of


def called(name: str, description: str, *, of: str) -> Callable[[E], E]:
    """Of an operation that several services declare alike: its operationId, what is said of it, and whose it is."""

    def decorate(endpoint: E) -> E:
        _name(endpoint, name, description, of=of)
        return endpoint

    return decorate
