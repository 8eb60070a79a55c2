from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response

from services.evidence.collecting.calendar_feeds import actions, queries
from services.evidence.collecting.calendar_feeds.rules import LONGEST_TOKEN, Token, calendar
from services.evidence.collecting.calendar_feeds.schemas import (
    CalendarFeedDraft,
    CalendarFeedIssuedOut,
    CalendarFeedOut,
)
from shared.clock import now
from shared.http.doors import Reader, Write, platform_of
from shared.http.fields import NamedPerson
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, etag, unchanged
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("calendar feeds")

_CALENDAR = {"text/calendar": {"schema": {"type": "string"}}}


async def _visible(read: Reader, _query: queries.CalendarFeedQuery) -> dict[str, Any]:
    return {"holder": None if P.MEMBERS_WRITE in read.caller.permissions else str(read.caller.person)}


routes.list(
    "list_calendar_feeds",
    "/v1/calendar-feeds",
    queries.calendar_feeds,
    CalendarFeedOut,
    permission=P.EVIDENCE_READ,
    description="The caller's feeds, and everybody's for who manages members; never their addresses.",
    given=_visible,
)


@routes.post(
    "/v1/calendar-feeds",
    permission=P.EVIDENCE_READ,
    status_code=201,
    response_model=CalendarFeedIssuedOut,
    refuses=PERSON_REFUSALS,
)
async def issue_calendar_feed(draft: CalendarFeedDraft, write: Write) -> Response:
    """Have an address for a calendar program, which cannot send a token. It is shown this once."""
    feed, owner, token = await actions.issue(write.session, draft=draft, by=write.caller.actor, at=write.at)
    out = CalendarFeedIssuedOut(
        **feed.model_dump(exclude={"org_id", "owner_id"}),
        owner=NamedPerson(id=owner.id, name=owner.name) if owner else None,
        path=f"/v1/calendars/{token}.ics",
    )
    headers = {"Location": f"/v1/calendar-feeds/{feed.id}", "ETag": etag(feed.version)}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.delete(
    "/v1/calendar-feeds/{feed_id}",
    permission=P.EVIDENCE_READ,
    response_model=CalendarFeedOut,
    refuses=(NotFound, actions.NotYourFeed),
)
async def revoke_calendar_feed(feed_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
    """Let the address show nothing any more. The feed stays on record."""
    others_too = P.MEMBERS_WRITE in write.caller.permissions
    await actions.revoke(
        write.session, feed_id, expected=expected, others_too=others_too, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.calendar_feed, feed_id)


@routes.get(
    "/v1/calendars/{token}.ics",
    permission=None,
    response_class=Response,
    responses={200: {"description": "The calendar", "content": _CALENDAR}, 304: {"description": "The client has it"}},
    refuses=(NotFound,),
)
async def read_calendar(
    token: Annotated[str, Path(max_length=LONGEST_TOKEN, description="The secret of the feed")], request: Request
) -> Response:
    """Due dates as an iCalendar file (RFC 5545): three months back, a year ahead. The address is the permission."""
    asked, as_of = Token.read(token), now()
    if asked is None:
        raise NotFound("There is no such calendar.")
    async with platform_of(request).database.transaction(asked.org_id) as session:
        feed = await actions.opened_by(session, asked)
        entries = await queries.entries(session, feed.owner_id, as_of=as_of)
    body = calendar(feed.title, entries)
    digest = sha256(body).hexdigest()[:32]
    headers = {"ETag": etag(digest), "Cache-Control": "private, max-age=300"}
    if unchanged(request, digest):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")
