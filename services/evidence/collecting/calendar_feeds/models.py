from services.evidence.base import Base, Part
from shared.calendars.models import FeedRecord, FeedSecretRecord


class CalendarFeed(FeedRecord, Base, table=True):
    """A calendar feed of what is to be collected."""

    __tablename__ = "calendar_feeds"


class FeedSecret(FeedSecretRecord, Part, table=True):
    """The digest of what such a feed's address holds."""

    __tablename__ = "calendar_feed_secrets"
