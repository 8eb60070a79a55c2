from uuid import UUID

from fastapi import Response

from services.risk.indicators.indicators import actions, queries
from services.risk.indicators.indicators.schemas import IndicatorOut, IndicatorRetirement
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("indicators")


routes.list(
    "list_indicators",
    "/v1/indicators",
    queries.indicators,
    IndicatorOut,
    permission=P.RISKS_READ,
    description="Key risk indicators, as they stand now.",
)


routes.one(
    "get_indicator",
    "/v1/indicators/{indicator_id}",
    queries.indicator,
    IndicatorOut,
    permission=P.RISKS_READ,
    description="One indicator: its newest value, its state, and why.",
)


@routes.post(
    "/v1/indicators/{indicator_id}/retirements",
    permission=P.INDICATORS_WRITE,
    response_model=IndicatorOut,
    refuses=(NotFound,),
)
async def retire_indicator(indicator_id: UUID, retirement: IndicatorRetirement, write: Write) -> Response:
    """Measure it no longer. Its values stay on record."""
    await actions.retire(write.session, indicator_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.indicator, indicator_id)
