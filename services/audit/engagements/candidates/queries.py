from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from services.audit.engagements.candidates.models import Candidate, CandidateOutcome, CandidateStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
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
    _X.decision,
    _X.version,
    _X.created_at,
    _X.updated_at,
)

candidate = One("candidate", _CANDIDATE, by=_X.id, names_controls=True)


class CandidateQuery(ListQuery):
    sort: Literal["raised_at", "-raised_at", "updated_at", "-updated_at"] = "-raised_at"
    engagement_id: UUID | None = None
    control_id: UUID | None = None
    status: CandidateStatus | None = None
    decided: Annotated[bool | None, Where(lambda decided: _X.decision.is_not(None) == decided)] = Field(
        default=None, description="false: only those that the auditing party has not decided on"
    )
    outcome: Annotated[CandidateOutcome | None, Where(lambda is_: _X.decision["outcome"].as_string() == is_)] = None
    updated_since: UpdatedSince = None


candidates = Listing(_CANDIDATE, id=_X.id, query=CandidateQuery, names_controls=True)
