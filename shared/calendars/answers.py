"""Calendar feeds over HTTP: the answer that shows an address, and the calendar itself."""

from hashlib import sha256
from typing import Any

from fastapi import Request, Response

from shared.calendars.feeds import IssuedFeed
from shared.calendars.schemas import CalendarFeedIssuedOut
from shared.http.fields import NamedPerson
from shared.http.preconditions import etag, unchanged

CALENDAR_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The calendar", "content": {"text/calendar": {"schema": {"type": "string"}}}},
    304: {"description": "The client has it"},
}


def issued_answer(issued: IssuedFeed, *, feeds: str, calendars: str) -> Response:
    """A new feed with its address, below the path `calendars`; the feed itself is below `feeds`."""
    feed, owner = issued.feed, issued.owner
    out = CalendarFeedIssuedOut(
        **feed.model_dump(exclude={"org_id", "owner_id"}),
        owner=NamedPerson(id=owner.id, name=owner.name) if owner else None,
        path=f"{calendars}/{issued.token}.ics",
    )
    headers = {"Location": f"{feeds}/{feed.id}", "ETag": etag(feed.version)}
    return Response(out.model_dump_json(), 201, headers, "application/json")


def calendar_answer(request: Request, body: bytes) -> Response:
    """A calendar, or that the program has it already."""
    digest = sha256(body).hexdigest()[:32]
    headers = {"ETag": etag(digest), "Cache-Control": "private, max-age=300"}
    if unchanged(request, digest):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="text/calendar; charset=utf-8")
