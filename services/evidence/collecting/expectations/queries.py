from sqlalchemy import DateTime, Text, Uuid, bindparam, select

from services.evidence.collecting.expectations.models import Expectation
from shared.data.base import table_of
from shared.data.reads import Listing, One

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

expectations = Listing(
    _EXPECTATION,
    id=_C.id,
    filters={
        "control_id": _C.control_id == bindparam("control_id", type_=Uuid()),
        "owner": _C.owner == bindparam("owner", type_=Text()),
        "status": _C.status == bindparam("status", type_=Text()),
        "updated_since": _C.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _C.created_at, "title": _C.title, "updated_at": _C.updated_at},
)
