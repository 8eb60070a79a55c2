from sqlalchemy import select

from services.audit.reporting.audit_reports.models import AuditReport
from shared.data.base import table_of
from shared.data.reads import One

_R = table_of(AuditReport).c

signature = One(
    "issued report",
    select(_R.id, _R.signature, _R.version).where(_R.signature.is_not(None)),
    by=_R.id,
)
