from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.period_readiness.queries import (
    PeriodReadinessQuery,
    ProgrammeHasNoPeriod,
    period_readiness,
    period_situation,
)
from services.controls.programmes.period_readiness.schemas import PeriodReadinessOut
from services.controls.programmes.readiness.queries import situation
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("period readiness")


@routes.get(
    "/v1/programmes/{programme_id}/period-readiness",
    permission=P.PROGRAMMES_READ,
    response_model=PeriodReadinessOut,
    refuses=(NotFound, ProgrammeHasNoPeriod),
)
async def get_period_readiness(
    programme_id: UUID, read: Read, query: Annotated[PeriodReadinessQuery, Query()]
) -> Response:
    """What operated throughout the period of a programme, what has gaps on which days, and what is not yet due.

    A definition that changed within the period is judged for its part, and apart from the one before.
    """
    async with read.transaction() as session:
        found = await period_situation(session, await situation(session, programme_id, query.as_of))
        answer = await period_readiness(found, query.limit)
    return await read.computed(answer)
