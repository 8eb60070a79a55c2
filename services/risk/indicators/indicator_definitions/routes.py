from uuid import UUID

from fastapi import Response

from services.risk.indicators.indicator_definitions.actions import define_and_count, revise_and_count
from services.risk.indicators.indicators.actions import UnknownRisk
from services.risk.indicators.indicators.queries import indicator
from services.risk.indicators.indicators.schemas import IndicatorDraft, IndicatorOut, IndicatorRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import CodeTaken, NotFound

routes = Routes("indicator definitions")


@routes.post(
    "/v1/indicators",
    permission=P.INDICATORS_WRITE,
    status_code=201,
    response_model=IndicatorOut,
    refuses=(CodeTaken, UnknownRisk, *PERSON_REFUSALS),
)
async def define_indicator(draft: IndicatorDraft, write: Write) -> Response:
    """Define an indicator. A computed one is counted at once; a pushed one is unknown until its first value."""
    defined = await define_and_count(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(indicator, defined.id, f"/v1/indicators/{defined.id}")


@routes.patch(
    "/v1/indicators/{indicator_id}",
    permission=P.INDICATORS_WRITE,
    response_model=IndicatorOut,
    refuses=(NotFound, UnknownRisk, *PERSON_REFUSALS),
)
async def revise_indicator(
    indicator_id: UUID, revision: IndicatorRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change an indicator, which is judged again by the values that there are."""
    await revise_and_count(
        write.session, indicator_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(indicator, indicator_id)
