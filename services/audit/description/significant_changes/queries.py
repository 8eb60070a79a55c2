from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.significant_changes.models import SignificantChange
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(SignificantChange).c

_COLUMNS = select(
    _C.id,
    _C.engagement_id,
    _C.title,
    _C.text,
    _C.changed_on,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("title", "text")
change = One("significant change", _COLUMNS, by=_C.id, names_controls=_WORDS)


class SignificantChangeQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    engagement_id: UUID | None = None
    status: DescribedStatus | None = None
    q: Annotated[Search | None, Mentions("title", "text")] = None
    updated_since: UpdatedSince = None


changes = Listing(_COLUMNS, id=_C.id, query=SignificantChangeQuery, names_controls=_WORDS)
