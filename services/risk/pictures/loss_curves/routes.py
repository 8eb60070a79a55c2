from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.risk.pictures.loss_curves import queries
from services.risk.pictures.loss_curves.rules import as_html, as_svg, in_words
from services.risk.pictures.loss_curves.schemas import LossCurve
from services.risk.pictures.picture_answers.routes import FORMS, Form, in_form
from shared.http.doors import Read, Reader
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded, NotFound

routes = Routes("loss curves")


@routes.get(
    "/v1/loss-simulations/{simulation_id}/curve",
    permission=P.LOSSES_READ,
    response_model=LossCurve,
    responses=FORMS,
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
    responses=FORMS,
    refuses=(NotFound, Busy, LimitExceeded),
)
async def get_loss_result_curve(result_id: UUID, read: Read, form: Form = "json") -> Response:
    """The loss exceedance curve of one scenario."""
    async with read.transaction() as session:
        curve = await queries.curve_of_result(session, result_id)
    return await _answer(read, curve, form)


async def _answer(read: Reader, curve: LossCurve, form: str) -> Response:
    return await in_form(read, form, curve, svg=as_svg, html=as_html, words=in_words)
