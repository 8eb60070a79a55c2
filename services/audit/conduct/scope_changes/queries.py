from typing import Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.conduct.scope_changes.models import ScopeChange
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(ScopeChange).c

_CHANGE = select(
    _C.id,
    _C.engagement_id,
    _C.before,
    _C.after,
    _C.justification,
    _C.voided,
    _C.changed_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

scope_change = One("scope change", _CHANGE, by=_C.id)


class ScopeChangeQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    updated_since: UpdatedSince = None


scope_changes = Listing(_CHANGE, id=_C.id, query=ScopeChangeQuery)
