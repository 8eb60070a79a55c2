from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.formats.contents import ResultFormat
from services.integrations.results.result_files.models import ResultFile
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.http.fields import Instant, Title, UpdatedSince

_F = table_of(ResultFile).c

_FILE = select(
    _F.id,
    _F.source,
    _F.run,
    _F.format,
    _F.tool,
    _F.tool_version,
    _F.size,
    _F.sha256,
    _F.observed_at,
    _F.url,
    _F.covers,
    _F.results,
    _F.verdicts,
    _F.vulnerabilities,
    _F.checks,
    _F.sent_by,
    _F.version,
    _F.created_at,
    _F.updated_at,
)

result_file = One("result file", _FILE, by=_F.id)


class ResultFileQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    source: Title | None = Field(default=None, examples=["github-actions: acme/api"])
    format: ResultFormat | None = None
    sha256: str | None = Field(default=None, max_length=64, description="Whether a file was sent before")
    observed_from: Annotated[Instant | None, Where(lambda value: _F.observed_at >= value)] = Field(
        default=None, description="Of runs that ended then or later"
    )
    updated_since: UpdatedSince = None


result_files = Listing(_FILE, id=_F.id, query=ResultFileQuery)


async def keep_once(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Keep a file unless its source sent the same bytes before."""
    statement = insert(table_of(ResultFile)).values(values).on_conflict_do_nothing().returning(_F.id)
    return (await session.execute(statement)).one_or_none() is not None


async def covered_after(session: AsyncSession, source: str, observed_at: datetime) -> Sequence[str]:
    """What runs of a source that were observed after this instant looked at whole."""
    query = select(_F.covers).where(_F.source == source, _F.observed_at > observed_at, _F.covers.is_not(None))
    return (await session.scalars(query.distinct())).all()


async def known_file(session: AsyncSession, source: str, sha256: str) -> tuple[UUID, datetime] | None:
    """The file of these bytes that the source has sent, and when."""
    query = select(_F.id, _F.created_at).where(_F.source == source, _F.sha256 == sha256)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else (row[0], row[1])
