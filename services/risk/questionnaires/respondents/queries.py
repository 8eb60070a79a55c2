from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.respondents.models import Respondent
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import Email, UpdatedSince

_C = table_of(Respondent).c

_RESPONDENT = select(
    _C.id,
    _C.questionnaire_id,
    _C.name,
    _C.email,
    _C.sections,
    _C.expires_at,
    _C.delegated_by,
    _C.opened_at,
    _C.revoked_at,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

respondent = One("respondent", _RESPONDENT, by=_C.id)


class RespondentQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    questionnaire_id: UUID | None = None
    email: Email | None = None
    updated_since: UpdatedSince = None


respondents = Listing(_RESPONDENT, id=_C.id, query=RespondentQuery)


async def count_of_respondents(session: AsyncSession, questionnaire_id: UUID) -> int:
    """How many respondents a questionnaire has had."""
    query = select(func.count()).where(_C.questionnaire_id == questionnaire_id)
    return int((await session.execute(query)).scalar_one())
