"""The verbs of the calendar feeds of this service: those of `shared.calendars.feeds`."""

from services.evidence.collecting.calendar_feeds.models import CalendarFeed, FeedSecret
from shared.calendars.feeds import Feeds
from shared.events.catalogue.evidence_collections import CalendarFeedIssued, CalendarFeedRevoked

FEEDS = Feeds(CalendarFeed, FeedSecret, CalendarFeedIssued, CalendarFeedRevoked)
