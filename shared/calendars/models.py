"""The rows of calendar feeds. A service makes its tables of these, and names them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from shared.calendars.tokens import FeedToken
from shared.data.base import Owned, Record, instant


class FeedRecord(Record):
    """An address that shows due dates to whoever has it, as calendar programs cannot send a token.

    It shows what the person `owner_id` is asked for, or everything; `holder` is who had it issued.
    """

    title: str
    owner_id: UUID | None = None
    holder: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    revoked_at: datetime | None = instant(default=None)


class FeedSecretRecord(Owned):
    """The digest of what a feed's address holds; apart from the feed, so that the trail does not show it."""

    feed_id: UUID = Field(primary_key=True)
    digest: bytes

    def is_opened_by(self, token: FeedToken) -> bool:
        """Whether the token is the one of this feed."""
        return token.thing_id == self.feed_id and token.opens(self.digest)
