from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base, Part
from shared.data.base import instant


class CalendarFeed(Base, table=True):
    """An address that shows due dates to whoever has it, as calendar programs cannot send a token.

    It shows what the person `owner_id` is asked for, or everything; `holder` is who had it issued.
    """

    __tablename__ = "calendar_feeds"

    title: str
    owner_id: UUID | None = None
    holder: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    revoked_at: datetime | None = instant(default=None)


class FeedSecret(Part, table=True):
    """The digest of what a feed's address holds; apart from the feed, so that the trail does not show it."""

    __tablename__ = "calendar_feed_secrets"

    feed_id: UUID = Field(primary_key=True)
    digest: bytes
