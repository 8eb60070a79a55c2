from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response

from services.audit.planning.audit_calendar_feeds import queries
from services.audit.planning.audit_calendar_feeds.actions import FEEDS
from shared.calendars.answers import CALENDAR_RESPONSES, calendar_answer, issued_answer
from shared.calendars.feeds import NotYourFeed
from shared.calendars.schemas import CalendarFeedDraft, CalendarFeedIssuedOut, CalendarFeedOut
from shared.calendars.tokens import LONGEST_TOKEN, FeedToken
from shared.calendars.writing import calendar
from shared.clock import now
from shared.http.doors import Reader, Write, platform_of
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("audit calendar feeds")


async def _visible(read: Reader, _query: queries.AuditCalendarFeedQuery) -> dict[str, Any]:
    return {"holder": None if P.MEMBERS_WRITE in read.caller.permissions else str(read.caller.person)}


routes.list(
    "list_audit_calendar_feeds",
    "/v1/audit-calendar-feeds",
    queries.audit_calendar_feeds,
    CalendarFeedOut,
    permission=P.PLANS_READ,
    description="The caller's feeds, and everybody's for who manages members; never their addresses.",
    given=_visible,
)


@routes.post(
    "/v1/audit-calendar-feeds",
    permission=P.PLANS_READ,
    status_code=201,
    response_model=CalendarFeedIssuedOut,
    refuses=PERSON_REFUSALS,
)
async def issue_audit_calendar_feed(draft: CalendarFeedDraft, write: Write) -> Response:
    """Have an address for a calendar program that shows milestones and requests. It is shown this once."""
    issued = await FEEDS.issue(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return issued_answer(issued, feeds="/v1/audit-calendar-feeds", calendars="/v1/audit-calendars")


@routes.delete(
    "/v1/audit-calendar-feeds/{feed_id}",
    permission=P.PLANS_READ,
    response_model=CalendarFeedOut,
    refuses=(NotFound, NotYourFeed),
)
async def revoke_audit_calendar_feed(feed_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
    """Let the address show nothing any more. The feed stays on record."""
    others_too = P.MEMBERS_WRITE in write.caller.permissions
    await FEEDS.revoke(
        write.session, feed_id, expected=expected, others_too=others_too, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.audit_calendar_feed, feed_id)


@routes.get(
    "/v1/audit-calendars/{token}.ics",
    permission=None,
    response_class=Response,
    responses=CALENDAR_RESPONSES,
    refuses=(NotFound,),
)
async def read_audit_calendar(
    token: Annotated[str, Path(max_length=LONGEST_TOKEN, description="The secret of the feed")], request: Request
) -> Response:
    """Milestones and due days of requests as an iCalendar file: three months back, a year ahead."""
    asked, as_of = FeedToken.read(token), now()
    if asked is None:
        raise NotFound("There is no such calendar.")
    async with platform_of(request).database.transaction(asked.org_id) as session:
        feed = await FEEDS.opened_by(session, asked)
        entries = await queries.due_days(session, feed.owner_id, as_of=as_of)
    return calendar_answer(request, calendar(feed.title, entries, made_by="Audit"))
