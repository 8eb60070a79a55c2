from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from sqlmodel import select as select_rows

from services.audit.engagements.engagements.models import Engagement, EngagementKind, EngagementPhase
from services.audit.filing.engagement_files.models import EngagementFile, FileStatus, engagement_file_parts
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.data.sessions import Database
from shared.http.fields import Day, Search, UpdatedSince

_C = table_of(EngagementFile).c
_E = table_of(Engagement).c
_P = engagement_file_parts.c

_FILE = select(
    _C.id,
    _C.engagement_id,
    _C.client_id,
    _C.title,
    _C.kind,
    _C.completed_at,
    _C.released_on,
    _C.retain_until,
    _C.status,
    _C.sha256,
    _C.size,
    _C.assembled_at,
    _C.holds,
    _C.disposal,
    _C.additions,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

engagement_file = One("engagement file", _FILE, by=_C.id)


class EngagementFileQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at", "retain_until", "-retain_until"] = (
        "-created_at"
    )
    engagement_id: UUID | None = None
    client_id: UUID | None = None
    kind: EngagementKind | None = None
    status: FileStatus | None = None
    ends_before: Annotated[Day | None, Where(lambda day: _C.retain_until < day)] = Field(
        default=None, description="Only files whose retention ends before this day"
    )
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


engagement_files = Listing(_FILE, id=_C.id, query=EngagementFileQuery)

_WITHOUT_FILE = (
    _E.phase == EngagementPhase.COMPLETED.value,
    ~exists().where(_C.engagement_id == _E.id),
)


def firms_to_file(_as_of: datetime) -> Select[Any]:
    """The firms with a completed engagement of which no file is assembled yet."""
    return select(_E.firm_id).where(*_WITHOUT_FILE).distinct()


async def to_file(session: AsyncSession, firm_id: UUID, limit: int) -> Sequence[Engagement]:
    """The completed engagements that the firm conducted and has no file of."""
    query = select_rows(Engagement).where(*_WITHOUT_FILE, col(Engagement.firm_id) == firm_id)
    return (await session.scalars(query.order_by(col(Engagement.id)).limit(limit))).all()


async def file_of_engagement(session: AsyncSession, engagement_id: UUID) -> EngagementFile | None:
    """The file of an engagement, where the transaction's organisation is the firm that keeps it."""
    query = select_rows(EngagementFile).where(EngagementFile.engagement_id == engagement_id)
    return (await session.scalars(query)).one_or_none()


async def parts_of(database: Database, org_id: UUID, file_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of the archive, part by part: no more than one is held at a time."""
    number = 0
    while True:
        async with database.transaction(org_id) as session:
            where = (_P.file_id == file_id, _P.number == number)
            part: bytes | None = await session.scalar(select(_P.content).where(*where))
        if part is None:
            return
        yield part
        number += 1
