from uuid import UUID

from fastapi import Response

from services.audit.papers.deviations import actions, queries
from services.audit.papers.deviations.schemas import (
    AnalysisDraft,
    DeviationConclusion,
    DeviationDraft,
    DeviationOut,
    DeviationRetraction,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("deviations")


routes.list(
    "list_deviations",
    "/v1/deviations",
    queries.deviations,
    DeviationOut,
    permission=P.PAPERS_READ,
    description="The deviations that the firm found, retracted ones included, newest first.",
    auditors=True,
)


routes.one(
    "get_deviation",
    "/v1/deviations/{deviation_id}",
    queries.deviation,
    DeviationOut,
    permission=P.PAPERS_READ,
    description="One deviation.",
    auditors=True,
)


@routes.post(
    "/v1/papers/{paper_id}/deviations",
    permission=P.PAPERS_WRITE,
    status_code=201,
    response_model=DeviationOut,
    refuses=(NotFound,),
    auditors=True,
)
async def record_deviation(paper_id: UUID, draft: DeviationDraft, write: Write) -> Response:
    """Record what deviated: the items of the sample that deviate in one way, or what a paper without a sample found."""
    deviation = await actions.record(write.session, paper_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.deviation, deviation.id, f"/v1/deviations/{deviation.id}")


@routes.post(
    "/v1/deviations/{deviation_id}/analyses",
    permission=P.PAPERS_WRITE,
    response_model=DeviationOut,
    refuses=(NotFound,),
    auditors=True,
)
async def analyse_deviation(deviation_id: UUID, draft: AnalysisDraft, write: Write) -> Response:
    """Say why it happened, how far it goes, and whether it stands alone."""
    await actions.analyse(write.session, deviation_id, draft=draft, caller=write.caller, at=write.at)
    return await write.changed(queries.deviation, deviation_id)


@routes.post(
    "/v1/deviations/{deviation_id}/conclusions",
    permission=P.PAPERS_WRITE,
    response_model=DeviationOut,
    refuses=(NotFound,),
    auditors=True,
)
async def conclude_deviation(deviation_id: UUID, conclusion: DeviationConclusion, write: Write) -> Response:
    """Say what the deviation means for the control. What it means for the report is judged apart."""
    await actions.conclude(write.session, deviation_id, text=conclusion.text, caller=write.caller, at=write.at)
    return await write.changed(queries.deviation, deviation_id)


@routes.post(
    "/v1/deviations/{deviation_id}/retractions",
    permission=P.PAPERS_REVIEW,
    response_model=DeviationOut,
    refuses=(NotFound,),
    auditors=True,
)
async def retract_deviation(deviation_id: UUID, retraction: DeviationRetraction, write: Write) -> Response:
    """Take back a deviation that was recorded in error, as the manager or the partner. It stays on record."""
    await actions.retract(write.session, deviation_id, reason=retraction.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.deviation, deviation_id)
