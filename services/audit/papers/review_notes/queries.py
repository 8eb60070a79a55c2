from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.review_notes.models import NoteStatus, ReviewNote
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(ReviewNote).c

_NOTE = select(
    _C.id,
    _C.engagement_id,
    _C.paper_id,
    _C.edition,
    _C.text,
    _C.status,
    _C.raised_by,
    _C.answer,
    _C.clearance,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

note = One("review note", _NOTE, by=_C.id)


class ReviewNoteQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    engagement_id: UUID | None = None
    paper_id: UUID | None = None
    status: NoteStatus | None = None
    cleared: Annotated[bool | None, Where(lambda cleared: (_C.status == NoteStatus.CLEARED.value) == cleared)] = Field(
        default=None, description="false: only those that still have to be cleared"
    )
    q: Annotated[Search | None, Mentions("text")] = Field(default=None, description="In the text")
    updated_since: UpdatedSince = None


notes = Listing(_NOTE, id=_C.id, query=ReviewNoteQuery)


async def notes_to_clear(session: AsyncSession, *, paper_id: UUID | None = None, engagement_id: UUID) -> int:
    """How many notes of an engagement, or of one paper of it, have to be cleared."""
    query = select(func.count()).where(_C.engagement_id == engagement_id, _C.status != NoteStatus.CLEARED.value)
    if paper_id is not None:
        query = query.where(_C.paper_id == paper_id)
    return int(await session.scalar(query) or 0)
