from typing import Annotated

from fastapi import Query

from services.risk.indicators.indicator_values import actions, queries
from services.risk.indicators.indicator_values.schemas import IndicatorValueOut, ValuePush, ValuePushOut
from services.risk.indicators.indicators.queries import indicator
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("indicator values")


routes.list(
    "list_indicator_values",
    "/v1/indicators/{indicator_id}/values",
    queries.values,
    IndicatorValueOut,
    permission=P.RISKS_READ,
    description="Every value an indicator has had, the newest measurement first.",
    parent=indicator,
)


@routes.post(
    "/v1/indicator-values",
    permission=P.INDICATOR_VALUES_PUSH,
    response_model=ValuePushOut,
    refuses=(actions.ValuesRefused,),
)
async def push_indicator_values(
    push: ValuePush,
    write: Write,
    atomic: Annotated[bool, Query(description="Record all of them, or none if any is refused")] = False,
) -> ValuePushOut:
    """Report what was measured: one value or up to 1,000, each answered by itself.

    The same indicator, source and reading again is known already, and recorded once. A value that was measured before
    the newest one is kept as history and changes no state.
    """
    return await actions.push(write.session, values=push.values, atomic=atomic, by=write.caller.actor, at=write.at)
