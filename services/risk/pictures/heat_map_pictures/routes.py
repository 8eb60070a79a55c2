from typing import Annotated

from fastapi import Query, Response

from services.risk.pictures.heat_map_pictures.rules import as_html, as_svg, in_words
from services.risk.pictures.heat_maps import queries
from services.risk.pictures.heat_maps.schemas import HeatMap
from services.risk.pictures.picture_answers.routes import FORMS, Form, in_form
from services.risk.terms.method_terms.schemas import Category
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded

routes = Routes("risk heat map")


@routes.get(
    "/v1/risk-heat-map",
    permission=P.RISKS_READ,
    response_model=HeatMap,
    responses=FORMS,
    refuses=(Busy, LimitExceeded),
)
async def get_risk_heat_map(
    read: Read,
    form: Form = "json",
    category: Annotated[Category | None, Query(description="Only the risks of this category, with its limits")] = None,
) -> Response:
    """How many risks there are for each likelihood and impact, and how far controls move them."""
    async with read.transaction() as session:
        heat = await queries.heat_map_now(session, category)
    return await in_form(read, form, heat, svg=as_svg, html=as_html, words=in_words)
