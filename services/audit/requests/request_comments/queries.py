from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.requests.request_comments.models import RequestComment
from services.audit.requests.requests.queries import listed_for, shown_to
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(RequestComment).c

_COMMENT = select(
    _C.id,
    _C.request_id,
    _C.text,
    _C.mentions,
    _C.by_firm,
    _C.written_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("text", unless="by_firm")
comment = One("comment", _COMMENT.where(shown_to(_C.client_id, _C.engagement_id)), by=_C.id, names_controls=_WORDS)
# As who has just written it sees it.
written_comment = One("comment", _COMMENT, by=_C.id, names_controls=_WORDS)


class CommentQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    request_id: UUID | None = None
    engagement_id: Annotated[UUID | None, Where(lambda key: _C.engagement_id == key)] = None
    by_firm: bool | None = None
    updated_since: UpdatedSince = None


comments = Listing(_COMMENT, id=_C.id, query=CommentQuery, given=listed_for(_C.client_id), names_controls=_WORDS)


async def comments_on(session: AsyncSession, request_id: UUID) -> Sequence[RequestComment]:
    """The thread of a request, the oldest first."""
    query = select_rows(RequestComment).where(col(RequestComment.request_id) == request_id)
    return (await session.scalars(query.order_by(col(RequestComment.id)))).all()
