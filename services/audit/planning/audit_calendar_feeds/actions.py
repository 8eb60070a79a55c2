"""The verbs of the calendar feeds of this service: those of `shared.calendars.feeds`."""

from services.audit.planning.audit_calendar_feeds.models import AuditCalendarFeed, AuditFeedSecret
from shared.calendars.feeds import Feeds
from shared.events.catalogue.planning import AuditCalendarFeedIssued, AuditCalendarFeedRevoked

FEEDS = Feeds(AuditCalendarFeed, AuditFeedSecret, AuditCalendarFeedIssued, AuditCalendarFeedRevoked)
