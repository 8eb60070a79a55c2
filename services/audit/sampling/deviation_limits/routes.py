import asyncio
from fractions import Fraction
from typing import Annotated

from fastapi import Query, Response

from services.audit.sampling.deviation_limits.rules import upper_limit
from services.audit.sampling.deviation_limits.schemas import DeviationLimitOut, DeviationLimitQuery
from services.audit.sampling.selections.rules import STATISTICAL
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Invalid

routes = Routes("deviation limits")

_PERCENT = 100


@routes.get("/v1/deviation-limits", permission=P.SAMPLING_POLICY_READ, response_model=DeviationLimitOut, auditors=True)
async def get_deviation_limit(read: Read, query: Annotated[DeviationLimitQuery, Query()]) -> Response:
    """The upper limit of a deviation rate, exact: Clopper-Pearson, or hypergeometric for so many items.

    Only for a random selection, or a systematic one with a random start: no other allows to conclude in numbers.
    """
    if query.method not in STATISTICAL:
        fault = Fault("query/method", f"no limit follows from a {query.method} selection")
        raise Invalid("Only random and systematic selections have an upper limit.", faults=[fault])
    risk = 1 - Fraction(query.confidence_percent, _PERCENT)
    # Large samples take a while to work out, in which others are answered.
    limit = await asyncio.to_thread(upper_limit, query.size, query.deviations, risk, query.population)
    return await read.computed(DeviationLimitOut(per_mille=limit.per_mille, items=limit.deviating))
