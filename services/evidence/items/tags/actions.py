"""The verb of tags: an item has these, and no others."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.evidence.items.evidence.actions import give
from services.evidence.items.evidence.models import Item, Tag
from shared.data.records import locked
from shared.data.transactions import touched
from shared.events.catalogue.evidence_items import EvidenceTagged
from shared.events.trail import announce
from shared.identity.callers import Actor


async def tag(session: AsyncSession, item_id: UUID, *, tags: list[str], expected: int, by: Actor, at: datetime) -> None:
    """Give an item these tags in place of those it has, in whatever state it is: they are not part of the proof."""
    item = await locked(session, Item, item_id, noun="evidence", expected=expected)
    await session.execute(delete(Tag).where(col(Tag.item_id) == item.id))
    give(session, item, tags)
    announce(session, EvidenceTagged(title=item.title, tags=tags), about=item, by=by, at=at)
    touched(session, item.id, at=at)
