"""The verb of knowing an engagement. What was heard before or is older changes nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.keeping.engagements.models import KnownEngagement
from shared.data.base import table_of
from shared.data.sessions import organisation_of
from shared.events.catalogue.audit import AboutEngagement

_ISSUED = "issued"


async def note_engagement(
    session: AsyncSession, engagement_id: UUID, *, told: AboutEngagement, version: int, at: datetime
) -> None:
    """Take in what an engagement examines, and when its report was issued."""
    row = {
        "title": told.title,
        "phase": told.phase,
        "control_ids": told.control_ids,
        "covers_from": told.covers_from,
        "covers_until": told.covers_until,
        "released_at": at if told.phase == _ISSUED else None,
        "version": version,
    }
    statement = insert(KnownEngagement).values(id=engagement_id, org_id=organisation_of(session), **row)
    known, given = table_of(KnownEngagement).c, statement.excluded
    newer = given.version > known.version
    changed: dict[str, Any] = {name: case((newer, given[name]), else_=known[name]) for name in row}
    # It is issued once, and whatever is heard of it in whatever order, that stays known.
    changed["released_at"] = func.coalesce(known.released_at, given.released_at)
    await session.execute(statement.on_conflict_do_update(index_elements=["org_id", "id"], set_=changed))
