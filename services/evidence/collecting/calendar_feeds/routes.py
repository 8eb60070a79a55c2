from services.evidence.collecting.calendar_feeds.actions import FEEDS
from services.evidence.collecting.calendar_feeds.queries import entries
from shared.calendars.routes import CalendarDoor, calendar_routes
from shared.identity.permissions import P

routes = calendar_routes(
    CalendarDoor(
        module=__name__,
        noun="calendar",
        permission=P.EVIDENCE_READ,
        feeds=FEEDS,
        entries=entries,
        made_by="Evidence",
        issues="Have an address for a calendar program, which cannot send a token. It is shown this once.",
        reads=(
            "Due dates as an iCalendar file (RFC 5545): three months back, a year ahead. The address is the permission."
        ),
    )
)
