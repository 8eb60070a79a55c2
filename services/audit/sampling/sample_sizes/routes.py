import asyncio
from fractions import Fraction
from typing import Annotated

from fastapi import Query, Response

from services.audit.sampling.sample_sizes.rules import AttributePlan, attribute_size, size_for
from services.audit.sampling.sample_sizes.schemas import ExtendedSize, SampleSizeOut, SampleSizeQuery
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Invalid

routes = Routes("sample sizes")

_MORE = 3
_PERCENT, _PER_MILLE = 100, 1000


@routes.get("/v1/sample-sizes", permission=P.SAMPLING_POLICY_READ, response_model=SampleSizeOut, auditors=True)
async def get_sample_size(read: Read, query: Annotated[SampleSizeQuery, Query()]) -> Response:
    """The size of an attribute sample, exact: binomial, or hypergeometric for a population of so many items."""
    plan = AttributePlan(
        risk=1 - Fraction(query.confidence_percent, _PERCENT),
        tolerable=Fraction(query.tolerable_per_mille, _PER_MILLE),
        expected=Fraction(query.expected_per_mille, _PER_MILLE),
        population=query.population,
    )
    # Large samples take a while to work out, in which others are answered.
    answer = await asyncio.to_thread(_worked_out, plan)
    if answer is None:
        fault = Fault("query/tolerable_per_mille", "accept a higher rate, or more risk")
        raise Invalid("The plan needs more items than a sample may have.", faults=[fault])
    return await read.computed(answer)


def _worked_out(plan: AttributePlan) -> SampleSizeOut | None:
    found = attribute_size(plan)
    if found is None:
        return None
    more = range(found.deviations + 1, found.deviations + 1 + _MORE)
    for_more = [ExtendedSize(deviations=deviations, size=size_for(plan, deviations)) for deviations in more]
    return SampleSizeOut(size=found.size, deviations=found.deviations, for_more=for_more)
