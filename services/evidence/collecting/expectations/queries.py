from typing import Literal
from uuid import UUID

from sqlalchemy import select

from services.evidence.collecting.expectations.models import Expectation, ExpectationStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import Owner, UpdatedSince

_C = table_of(Expectation).c

_EXPECTATION = select(
    _C.id,
    _C.control_id,
    _C.title,
    _C.description,
    _C.kind,
    _C.freshness_days,
    _C.expiring_days,
    _C.owner,
    _C.backup_owner,
    _C.record_schema_id,
    _C.cadence,
    _C.next_on,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

expectation = One("expectation", _EXPECTATION, by=_C.id)


class ExpectationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "title", "-title", "updated_at", "-updated_at"] = "created_at"
    control_id: UUID | None = None
    owner: Owner | None = None
    status: ExpectationStatus | None = None
    updated_since: UpdatedSince = None


expectations = Listing(_EXPECTATION, id=_C.id, query=ExpectationQuery)
