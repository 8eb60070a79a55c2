from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, cast, select

from services.controls.history.historical_records.models import HistoricalRecord, RecordKind, RecordStatus
from services.controls.register.controls.models import Control
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import Day, Instant, PersonRef, UpdatedSince
from shared.people.known import is_person

_R = table_of(HistoricalRecord).c
_C = table_of(Control).c

_PERFORMER = cast(_R.performed_by[("person", "id")].astext, Uuid)

_RECORD = select(
    _R.id,
    _R.kind,
    _R.status,
    _R.control_id,
    _C.code.label("control_code"),
    _R.effective_on,
    _R.created_at.label("recorded_at"),
    _R.performed_by,
    _R.due_on,
    _R.notes,
    _R.evidence,
    _R.recorded_by,
    _R.decided_by,
    _R.decided_at,
    _R.decision_reason,
    _R.result_id,
    _R.version,
    _R.created_at,
    _R.updated_at,
).join(table_of(Control), _C.id == _R.control_id)

record = One("historical record", _RECORD, by=_R.id)


class HistoricalRecordQuery(ListQuery):
    sort: Literal["recorded_at", "-recorded_at", "effective_on", "-effective_on", "updated_at", "-updated_at"] = (
        "-recorded_at"
    )
    kind: RecordKind | None = None
    status: RecordStatus | None = None
    control_id: UUID | None = None
    performed_by: Annotated[PersonRef | None, Where(lambda person: is_person(_PERFORMER, person))] = None
    effective_from: Annotated[Day | None, Where(lambda day: _R.effective_on >= day)] = Field(
        default=None, description="Done on this day or later"
    )
    effective_until: Annotated[Day | None, Where(lambda day: _R.effective_on <= day)] = Field(
        default=None, description="Done on this day or before"
    )
    recorded_since: Annotated[Instant | None, Where(lambda instant: _R.created_at >= instant)] = Field(
        default=None, description="Came into Attest then or later"
    )
    updated_since: UpdatedSince = None


records = Listing(_RECORD, id=_R.id, query=HistoricalRecordQuery)
