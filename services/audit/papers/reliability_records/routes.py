from uuid import UUID

from fastapi import Response

from services.audit.papers.reliability_records import actions, queries
from services.audit.papers.reliability_records.schemas import (
    ReliabilityRecordDraft,
    ReliabilityRecordOut,
    ReliabilityWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("reliability records")


routes.list(
    "list_reliability_records",
    "/v1/reliability-records",
    queries.records,
    ReliabilityRecordOut,
    permission=P.PAPERS_READ,
    description="The conclusions on information used in controls, withdrawn ones included, newest first.",
    auditors=True,
)


routes.one(
    "get_reliability_record",
    "/v1/reliability-records/{record_id}",
    queries.record,
    ReliabilityRecordOut,
    permission=P.PAPERS_READ,
    description="One conclusion on information used in a control.",
    auditors=True,
)


@routes.post(
    "/v1/papers/{paper_id}/reliability-records",
    permission=P.PAPERS_WRITE,
    status_code=201,
    response_model=ReliabilityRecordOut,
    refuses=(NotFound,),
    auditors=True,
)
async def record_reliability(paper_id: UUID, draft: ReliabilityRecordDraft, write: Write) -> Response:
    """Conclude whether information that the control uses is complete, accurate and precise enough."""
    made = await actions.record(write.session, paper_id, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.record, made.id, f"/v1/reliability-records/{made.id}")


@routes.post(
    "/v1/reliability-records/{record_id}/withdrawals",
    permission=P.PAPERS_WRITE,
    response_model=ReliabilityRecordOut,
    refuses=(NotFound,),
    auditors=True,
)
async def withdraw_reliability_record(record_id: UUID, withdrawal: ReliabilityWithdrawal, write: Write) -> Response:
    """Say that a conclusion does not count any longer. It stays on record."""
    await actions.withdraw(write.session, record_id, reason=withdrawal.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.record, record_id)
