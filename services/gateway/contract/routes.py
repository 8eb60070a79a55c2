"""Files that are checked in, served as they are; and the answers that the edge shows for its own refusals."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.contract.problem_pages import list_page, problem_types, type_page
from shared.http.operations import Routes
from shared.http.problems import answer
from shared.problems import (
    BadGateway,
    GatewayTimeout,
    Malformed,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)

routes = Routes("contract")

_HERE = Path(__file__).parent
# The package carries Swagger UI's own build, so that the page needs no other site; of its code nothing is run.
_ASSETS = Path(str(files("fastapi_offline"))) / "static"
_PAGE_FILES = {
    "docs.js": (_HERE / "docs.js", "text/javascript"),
    "docs.css": (_HERE / "docs.css", "text/css"),
    "pages.css": (_HERE / "pages.css", "text/css"),
    "swagger-ui-bundle.js": (_ASSETS / "swagger-ui-bundle.js", "text/javascript"),
    "swagger-ui.css": (_ASSETS / "swagger-ui.css", "text/css"),
    "favicon.png": (_ASSETS / "favicon.png", "image/png"),
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# What the edge can say on its own, and how a client does better.
_OF_THE_EDGE = {
    problem.status: problem
    for problem in (
        Malformed("The request cannot be read."),
        NotFound("There is nothing at this address."),
        TooLarge("The body is larger than the API takes."),
        TooManyRequests(
            "More requests than the rate limit allows; wait, then go on more slowly.", headers={"Retry-After": "1"}
        ),
        BadGateway(
            "The service behind this address cannot be reached at the moment; try again.", headers={"Retry-After": "1"}
        ),
        Unavailable(
            "The service behind this address is not available at the moment; try again.", headers={"Retry-After": "1"}
        ),
        GatewayTimeout("The service behind this address took too long; it may or may not have done the work."),
    )
}
_DOCUMENT: dict[int | str, Any] = {
    200: {"description": "The document", "content": {"application/json": {"schema": {"type": "object"}}}}
}


@routes.get("/openapi.json", permission=None, responses=_DOCUMENT)
async def get_openapi_contract(request: Request) -> Response:
    """The contract of the whole API (OpenAPI 3.1)."""
    return _file(request, _HERE / "openapi.json", "application/json")


@routes.get("/asyncapi.json", permission=None, responses=_DOCUMENT)
async def get_asyncapi_contract(request: Request) -> Response:
    """The contract of the events (AsyncAPI 3)."""
    return _file(request, _HERE / "asyncapi.json", "application/json")


@routes.get("/", permission=None, include_in_schema=False)
async def get_start_page() -> Response:
    """Whoever opens the address of the API wants to read about it."""
    return RedirectResponse("/docs")


@routes.get("/docs", permission=None, include_in_schema=False)
async def get_docs_page(request: Request) -> Response:
    """A page to read the contract and try it out, with assets of our own."""
    page = _file(request, _HERE / "docs.html", "text/html; charset=utf-8")
    page.headers["Content-Security-Policy"] = _POLICY
    return page


@routes.get("/docs/{name}", permission=None, include_in_schema=False)
async def get_docs_asset(name: str, request: Request) -> Response:
    """What the docs page is made of."""
    if name not in _PAGE_FILES:
        raise NotFound(f"The docs page has no {name}.")
    return _file(request, *_PAGE_FILES[name])


@routes.get("/problems", permission=None, include_in_schema=False)
async def list_problem_pages(status: int | None = None) -> Response:
    """Every problem type, or those of one status, for people."""
    return _html(list_page(status))


@routes.get("/problems/{slug}", permission=None, include_in_schema=False)
async def get_problem_page(slug: str) -> Response:
    """Where a problem's `type` leads: what it means and what to do about it."""
    if slug not in problem_types():
        raise NotFound(f"There is no problem type {slug}.")
    return _html(type_page(problem_types()[slug]))


@routes.get(
    "/v1/problems/{status}",
    permission=None,
    include_in_schema=False,
    refuses=[type(problem) for problem in _OF_THE_EDGE.values()],
)
async def get_problem_of_the_edge(status: int, request: Request) -> Response:
    """The edge's own refusals in the form of all others; it answers with the status it is asked for."""
    if status not in _OF_THE_EDGE:
        raise NotFound(f"The edge has no answer with status {status}.")
    return answer(request, _OF_THE_EDGE[status])


def _html(text: str) -> Response:
    return Response(text, headers={"Content-Security-Policy": _POLICY}, media_type="text/html; charset=utf-8")


def _file(request: Request, path: Path, media_type: str) -> Response:
    body, tag = _content(path)
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@cache
def _content(path: Path) -> tuple[bytes, str]:
    body = path.read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'
