from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.requests.request_answers.models import RequestAnswer
from services.audit.requests.requests.queries import listed_for, shown_to
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import UpdatedSince

_A = table_of(RequestAnswer).c

_ANSWER = select(
    _A.id,
    _A.request_id,
    _A.number,
    _A.evidence,
    _A.lines,
    _A.text,
    _A.unavailable_because,
    _A.given_by,
    _A.given_at,
    _A.version,
    _A.created_at,
    _A.updated_at,
)

_WORDS = ClientWords("text", "unavailable_because", "lines", "evidence")
answer = One("answer", _ANSWER.where(shown_to(_A.org_id, _A.engagement_id)), by=_A.id, names_controls=_WORDS)


class AnswerQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    request_id: UUID | None = None
    engagement_id: Annotated[UUID | None, Where(lambda key: _A.engagement_id == key)] = None
    evidence_id: Annotated[
        UUID | None,
        Where(lambda key: _A.evidence.contains(func.jsonb_build_array(json_object(id=cast(key, Text))))),
    ] = Field(default=None, description="Given with this item of evidence")
    unavailable: Annotated[bool | None, Where(lambda value: _A.unavailable_because.is_not(None) == value)] = None
    updated_since: UpdatedSince = None


answers = Listing(_ANSWER, id=_A.id, query=AnswerQuery, given=listed_for(_A.org_id), names_controls=_WORDS)


async def answers_of(session: AsyncSession, request_id: UUID) -> Sequence[RequestAnswer]:
    """The answers to a request, the first one first."""
    query = select_rows(RequestAnswer).where(col(RequestAnswer.request_id) == request_id)
    return (await session.scalars(query.order_by(col(RequestAnswer.number)))).all()
