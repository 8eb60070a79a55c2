from sqlalchemy import DateTime, Text, Uuid, bindparam, select

from services.audit.engagements.exceptions.models import AuditException
from shared.data.base import table_of
from shared.data.reads import Listing, One

_X = table_of(AuditException).c

_EXCEPTION = select(
    _X.id,
    _X.engagement_id,
    _X.control_id,
    _X.control_code,
    _X.control_title,
    _X.kind,
    _X.nature,
    _X.cause,
    _X.status,
    _X.failed_at,
    _X.created_at.label("opened_at"),
    _X.remediated_at,
    _X.risks,
    _X.management_response,
    _X.evaluation,
    _X.version,
    _X.created_at,
    _X.updated_at,
)

exception = One("exception", _EXCEPTION, by=_X.id)

exceptions = Listing(
    _EXCEPTION,
    id=_X.id,
    filters={
        "engagement_id": _X.engagement_id == bindparam("engagement_id", type_=Uuid()),
        "control_id": _X.control_id == bindparam("control_id", type_=Uuid()),
        "status": _X.status == bindparam("status", type_=Text()),
        "updated_since": _X.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"opened_at": _X.created_at, "updated_at": _X.updated_at},
)
