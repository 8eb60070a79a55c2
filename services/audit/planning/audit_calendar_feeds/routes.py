from services.audit.planning.audit_calendar_feeds.actions import FEEDS
from services.audit.planning.audit_calendar_feeds.queries import due_days
from shared.calendars.routes import CalendarDoor, calendar_routes
from shared.identity.permissions import P

routes = calendar_routes(
    CalendarDoor(
        module=__name__,
        noun="audit_calendar",
        permission=P.PLANS_READ,
        feeds=FEEDS,
        entries=due_days,
        made_by="Audit",
        issues="Have an address for a calendar program that shows milestones and requests. It is shown this once.",
        reads="Milestones and due days of requests as an iCalendar file: three months back, a year ahead.",
    )
)
