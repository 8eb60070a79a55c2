from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.engagements.engagement_documents.models import DocumentKind, DocumentStatus, EngagementDocument
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_D = table_of(EngagementDocument).c
_BY_AUDITORS = _D.recorded_by["firm"].as_string().is_not(None)

_DOCUMENT = select(
    _D.id,
    _D.engagement_id,
    _D.kind,
    _D.title,
    _D.dated_on,
    _D.signatories,
    _D.exceptions,
    _D.sha256,
    _D.evidence_item_id,
    _BY_AUDITORS.label("by_auditors"),
    _D.recorded_by,
    _D.status,
    _D.version,
    _D.created_at,
    _D.updated_at,
)

_WORDS = ClientWords("title", "exceptions", unless="by_auditors")

document = One("engagement document", _DOCUMENT, by=_D.id, names_controls=_WORDS)


class DocumentQuery(ListQuery):
    sort: Literal["dated_on", "-dated_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    kind: DocumentKind | None = None
    status: DocumentStatus | None = None
    by_auditors: Annotated[bool | None, Where(lambda by_auditors: by_auditors == _BY_AUDITORS)] = None
    updated_since: UpdatedSince = None


documents = Listing(_DOCUMENT, id=_D.id, query=DocumentQuery, names_controls=_WORDS)
