from typing import Annotated

from fastapi import Query, Response

from services.audit.planning.cost_summaries.queries import CostSummaryQuery, cost_summaries
from services.audit.planning.cost_summaries.schemas import CostSummariesOut
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("cost summaries")


@routes.get("/v1/cost-summaries", permission=P.COSTS_READ, response_model=CostSummariesOut)
async def get_cost_summaries(read: Read, query: Annotated[CostSummaryQuery, Query()]) -> Response:
    """Budget, actual and difference by programme and year, currencies apart, with what drives the costs beside."""
    async with read.transaction() as session:
        answer = await cost_summaries(session, query)
    return await read.computed(answer)
