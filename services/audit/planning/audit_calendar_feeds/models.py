from services.audit.base import Base, Part
from shared.calendars.models import FeedRecord, FeedSecretRecord


class AuditCalendarFeed(FeedRecord, Base, table=True):
    """A calendar feed of what is due in engagements."""

    __tablename__ = "audit_calendar_feeds"


class AuditFeedSecret(FeedSecretRecord, Part, table=True):
    """The digest of what such a feed's address holds."""

    __tablename__ = "audit_calendar_feed_secrets"
