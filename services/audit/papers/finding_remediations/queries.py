from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from services.audit.papers.finding_remediations.models import FindingRemediation, RemediationStatus
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(FindingRemediation).c

_REMEDIATION = select(
    _C.id,
    _C.finding_id,
    _C.engagement_id,
    _C.control_id,
    _C.text,
    _C.done_on,
    _C.evidence_item_ids,
    _C.status,
    _C.stated_by,
    _C.decision,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("text")
remediation = One("finding remediation", _REMEDIATION, by=_C.id, names_controls=_WORDS)


class RemediationQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    finding_id: UUID | None = None
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    status: RemediationStatus | None = None
    q: Annotated[Search | None, Mentions("text")] = Field(default=None, description="In the text")
    updated_since: UpdatedSince = None


remediations = Listing(_REMEDIATION, id=_C.id, query=RemediationQuery, names_controls=_WORDS)
