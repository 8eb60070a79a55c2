from fastapi import Response

from services.controls.history.historical_records import actions, queries
from services.controls.history.historical_records.schemas import HistoricalRecordDraft, HistoricalRecordOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS

routes = Routes("historical records")


routes.list(
    "list_historical_records",
    "/v1/historical-records",
    queries.records,
    HistoricalRecordOut,
    permission=P.HISTORICAL_RECORDS_READ,
    description="Everything that was told of an earlier day, accepted or not, the latest told first.",
    auditors=True,
)


routes.one(
    "get_historical_record",
    "/v1/historical-records/{record_id}",
    queries.record,
    HistoricalRecordOut,
    permission=P.HISTORICAL_RECORDS_READ,
    description="One historical record, with who did it then and what shows it.",
    auditors=True,
)


@routes.post(
    "/v1/historical-records",
    permission=P.HISTORICAL_RECORDS_WRITE,
    status_code=201,
    response_model=HistoricalRecordOut,
    refuses=(actions.RecordUnfounded, *PERSON_REFUSALS),
)
async def record_history(draft: HistoricalRecordDraft, write: Write) -> Response:
    """Tell what was done outside Attest on an earlier day, by whom, and what shows it.

    It has no effect until another person than the one who tells it and the one who did it accepts it.
    """
    record = await actions.record(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.record, record.id, f"/v1/historical-records/{record.id}")
