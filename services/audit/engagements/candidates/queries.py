from typing import Literal
from uuid import UUID

from sqlalchemy import select

from services.audit.engagements.candidates.models import Candidate, CandidateStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_X = table_of(Candidate).c

_CANDIDATE = select(
    _X.id,
    _X.engagement_id,
    _X.control_id,
    _X.control_code,
    _X.control_title,
    _X.kind,
    _X.nature,
    _X.cause,
    _X.status,
    _X.due_on,
    _X.failed_at,
    _X.created_at.label("raised_at"),
    _X.remediated_at,
    _X.risks,
    _X.management_response,
    _X.evaluation,
    _X.version,
    _X.created_at,
    _X.updated_at,
)

candidate = One("candidate", _CANDIDATE, by=_X.id)


class CandidateQuery(ListQuery):
    sort: Literal["raised_at", "-raised_at", "updated_at", "-updated_at"] = "-raised_at"
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    status: CandidateStatus | None = None
    updated_since: UpdatedSince = None


candidates = Listing(_CANDIDATE, id=_X.id, query=CandidateQuery)
