from typing import Literal
from uuid import UUID

from fastapi import Response

from services.risk.register.ratings import queries
from services.risk.register.ratings.schemas import PastRatingOut
from services.risk.register.risks.queries import risk
from shared.data.reads import PageRequest
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("risk ratings")


@routes.get(
    "/v1/risks/{risk_id}/ratings",
    permission=P.RISKS_READ,
    response_model=Page[PastRatingOut],
    refuses=(NotFound,),
)
async def list_risk_ratings(
    risk_id: UUID,
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["id", "-id"] = "-id",
) -> Response:
    """Every rating a risk has had, the newest first, with its reason."""
    await read.one(risk, risk_id)
    return await read.page(queries.ratings, PageRequest(limit, cursor, sort), risk_id=risk_id)
