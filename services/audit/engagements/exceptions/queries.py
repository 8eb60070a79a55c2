from typing import Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.engagements.exceptions.models import AuditException, AuditExceptionStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

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


class ExceptionQuery(ListQuery):
    sort: Literal["opened_at", "-opened_at", "updated_at", "-updated_at"] = "-opened_at"
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    status: AuditExceptionStatus | None = None
    updated_since: UpdatedSince = None


exceptions = Listing(_EXCEPTION, id=_X.id, query=ExceptionQuery)
