"""The verb of tags: an item has these, and no others."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.evidence.items.items.models import Item
from services.evidence.items.search.actions import index
from services.evidence.items.tags.models import Tag
from shared.data.records import locked
from shared.events.catalogue.evidence_items import EvidenceTagged
from shared.events.trail import announce


async def tag(session: AsyncSession, item_id: UUID, *, tags: list[str], expected: int, by: str, at: datetime) -> None:
    """Give an item these tags in place of those it has, in whatever state it is: they are not part of the proof."""
    item = await locked(session, Item, item_id, noun="evidence", expected=expected)
    await session.execute(delete(Tag).where(col(Tag.item_id) == item.id))
    give(session, item, tags)
    await announce(session, EvidenceTagged(title=item.title, tags=tags), about=item, by=by, at=at)
    await index(session, item.id)


def give(session: AsyncSession, item: Item, tags: Iterable[str]) -> None:
    """Add tags to an item that has none."""
    session.add_all([Tag(item_id=item.id, tag=each, org_id=item.org_id) for each in tags])
