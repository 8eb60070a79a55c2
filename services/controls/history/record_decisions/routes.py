from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.history.historical_records.queries import record
from services.controls.history.historical_records.schemas import HistoricalRecordOut
from services.controls.history.record_decisions import actions
from services.controls.history.record_decisions.schemas import DecisionOnRecord, DecisionOnRecords, DecisionsOut
from services.controls.testing.control_tests.actions import InquiryAlone
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("historical record decisions")


@routes.post(
    "/v1/historical-records/{record_id}/decisions",
    permission=P.HISTORICAL_RECORDS_ACCEPT,
    response_model=HistoricalRecordOut,
    refuses=(NotFound, SeparationOfDuties, InquiryAlone, actions.EvidenceNotAccepted),
)
async def decide_on_historical_record(record_id: UUID, decision: DecisionOnRecord, write: Write) -> Response:
    """Accept what was told of an earlier day, and it takes effect; or refuse it.

    Neither who recorded nor who performed it can. The acceptance itself is dated now.
    """
    await actions.decide(write.session, record_id, decision=decision, by=write.caller.actor, at=write.at)
    return await write.changed(record, record_id)


@routes.post(
    "/v1/historical-records/decisions/batch",
    permission=P.HISTORICAL_RECORDS_ACCEPT,
    response_model=DecisionsOut,
    refuses=(NotFound, actions.DecisionsRefused),
)
async def decide_on_historical_records(
    decisions: DecisionOnRecords,
    write: Write,
    atomic: Annotated[bool, Query(description="Decide on all of them, or on none if any is refused")] = False,
) -> DecisionsOut:
    """One decision on up to 1,000 historical records or all of an import, each answered by itself.

    They take effect in the order in which it was done, so that approval, implementation and occurrences of a control
    can be accepted together. What is told to have been performed in time is not announced as missed then.
    """
    return await actions.decide_all(
        write.session, decisions=decisions, atomic=atomic, by=write.caller.actor, at=write.at
    )
