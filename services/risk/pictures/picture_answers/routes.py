from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import Query, Response
from pydantic import BaseModel

from services.risk.pictures.tasks import as_png
from shared.http.doors import Reader

M = TypeVar("M", bound=BaseModel)

# What is drawn brings its own style along, and nothing else is loaded or run.
_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}

Form = Annotated[
    Literal["json", "svg", "png", "html"],
    Query(alias="as", description="As data, as a picture, or as a page with the picture and a table"),
]
FORMS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The data, or the picture in the form that was asked for",
        "content": {
            "image/svg+xml": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


async def in_form(
    read: Reader,
    form: str,
    data: M,
    *,
    svg: Callable[[M], str],
    html: Callable[[M], str],
    words: Callable[[M], str],
) -> Response:
    """The data itself, or drawn by these functions. `Busy` and `LimitExceeded` for PNG, which a child process makes."""
    match form:
        case "svg":
            return Response(svg(data), headers=_POLICY, media_type="image/svg+xml")
        case "html":
            return Response(html(data), headers=_POLICY, media_type="text/html; charset=utf-8")
        case "png":
            png = await as_png(read.platform.children, read.caller.org_id, svg(data), words(data))
            return Response(png, media_type="image/png")
        case _:
            return await read.computed(data)
