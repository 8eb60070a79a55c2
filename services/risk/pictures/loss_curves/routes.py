from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.risk.pictures.loss_curves import queries
from services.risk.pictures.loss_curves.rules import as_html, as_svg, in_words
from services.risk.pictures.loss_curves.schemas import LossCurve
from services.risk.pictures.tasks import as_png
from shared.http.doors import Read, Reader
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, NotFound

routes = Routes("loss curves")

# What is drawn brings its own style along, and nothing else is loaded or run.
_POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
_CONTENT = {kind: {"schema": {"type": "string"}} for kind in ("image/svg+xml", "text/html")}
_CONTENT["image/png"] = {"schema": {"type": "string", "format": "binary"}}
_PICTURE = {200: {"description": "The curve", "content": _CONTENT}}
Form = Annotated[
    Literal["json", "svg", "png", "html"],
    Query(alias="as", description="As data, as a picture, or as a page with the picture and a table"),
]


@routes.get(
    "/v1/loss-simulations/{simulation_id}/curve",
    permission=P.LOSSES_READ,
    response_model=LossCurve,
    responses=_PICTURE,
    refuses=(NotFound, Busy, LimitExceeded),
)
async def get_loss_simulation_curve(
    simulation_id: UUID,
    read: Read,
    form: Form = "json",
    beside: Annotated[
        UUID | None, Query(description="Another simulation in the same currency, to be shown on the same axes")
    ] = None,
) -> Response:
    """The loss exceedance curve of a portfolio: how often a year's loss is above an amount."""
    async with read.transaction() as session:
        curve = await queries.curve_of_simulation(session, simulation_id, beside)
    return await _answer(read, curve, form)


@routes.get(
    "/v1/loss-results/{result_id}/curve",
    permission=P.LOSSES_READ,
    response_model=LossCurve,
    responses=_PICTURE,
    refuses=(NotFound, Busy, LimitExceeded),
)
async def get_loss_result_curve(result_id: UUID, read: Read, form: Form = "json") -> Response:
    """The loss exceedance curve of one scenario."""
    async with read.transaction() as session:
        curve = await queries.curve_of_result(session, result_id)
    return await _answer(read, curve, form)


async def _answer(read: Reader, curve: LossCurve, form: str) -> Response:
    match form:
        case "svg":
            return Response(as_svg(curve), headers=_POLICY, media_type="image/svg+xml")
        case "html":
            return Response(as_html(curve), headers=_POLICY, media_type="text/html; charset=utf-8")
        case "png":
            png = await as_png(read.platform.children, read.caller.org_id, as_svg(curve), in_words(curve))
            return Response(png, media_type="image/png")
        case _:
            return read.computed(curve)
