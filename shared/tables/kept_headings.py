"""What accepted imports said of headings: a convenience for the next file with the same ones, and no record."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.sessions import organisation_of
from shared.data.tables import kept_headings
from shared.tables.wording import plain


async def kept_columns(session: AsyncSession, table: str, headings: Collection[str]) -> dict[str, str]:
    """What an accepted import of this kind of table said of these headings, in the organisation."""
    query = select(kept_headings.c.columns).where(kept_headings.c.id == _key(session, table, headings))
    return await session.scalar(query) or {}


async def keep_columns(
    session: AsyncSession, table: str, headings: Collection[str], columns: Mapping[str, str], *, at: datetime
) -> None:
    """Keep what an accepted import said of these headings, in the place of what was kept."""
    row = {
        "id": _key(session, table, headings),
        "org_id": organisation_of(session),
        "headings": sorted(set(map(plain, headings))),
        "columns": dict(columns),
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    renewed = {"columns": row["columns"], "updated_at": at, "version": kept_headings.c.version + 1}
    statement = insert(kept_headings).values(row)
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=renewed))


def _key(session: AsyncSession, table: str, headings: Collection[str]) -> UUID:
    return uuid5(organisation_of(session), "\n".join([table, *sorted(set(map(plain, headings)))]))
