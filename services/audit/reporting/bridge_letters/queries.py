from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Date, DateTime, and_, bindparam, cast, exists, func, or_, select

from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.bridge_letters.models import BridgeLetter, LetterStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import AsOf, AsOfQuery, Day, UpdatedSince

_B, _R = table_of(BridgeLetter).c, table_of(AuditReport).c
_TODAY = cast(func.timezone("UTC", bindparam("as_of", type_=DateTime(timezone=True))), Date)
_LATER = exists().where(
    _R.client_id == _B.org_id,
    _R.kind == _B.report_kind,
    _R.status == ReportStatus.ISSUED.value,
    _R.covers_until >= _B.covers_until,
)
_LAPSED = or_(_B.covers_until < _TODAY, _LATER)

_LETTER = select(
    _B.id,
    _B.report_id,
    _B.engagement_id,
    _B.covers_from,
    _B.covers_until,
    _B.addressee,
    _B.changes,
    _B.no_changes,
    _B.incidents,
    _B.no_incidents,
    _B.override_reason,
    _B.status,
    _LAPSED.label("lapsed"),
    _B.signatory,
    _B.signed_on,
    _B.signed_by,
    _B.sendings,
    _B.version,
    _B.created_at,
    _B.updated_at,
)

letter = One("bridge letter", _LETTER, by=_B.id, query=AsOfQuery)


class BridgeLetterQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "covers_until", "-covers_until"] = (
        "-created_at"
    )
    report_id: UUID | None = None
    engagement_id: UUID | None = None
    status: LetterStatus | None = None
    lapsed: bool | None = None
    covers: Annotated[Day | None, Where(lambda day: and_(_B.covers_from <= day, _B.covers_until >= day))] = Field(
        default=None, description="Only letters that are about this day"
    )
    updated_since: UpdatedSince = None
    as_of: AsOf = Field(description="Lapsed as of the day of this instant in UTC; now when left out")


letters = Listing(_LETTER, id=_B.id, query=BridgeLetterQuery)
