"""The operations of the calendar feeds of a service, declared once for every service that has some."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.calendars.answers import CALENDAR_RESPONSES, calendar_answer, issued_answer
from shared.calendars.feeds import Feeds, NotYourFeed
from shared.calendars.reading import one_feed, several_feeds
from shared.calendars.schemas import CalendarFeedDraft, CalendarFeedIssuedOut, CalendarFeedOut
from shared.calendars.tokens import LONGEST_TOKEN, FeedToken
from shared.calendars.writing import CalendarEntry, calendar
from shared.clock import now
from shared.data.queries import ListQuery
from shared.http.doors import Reader, Write, platform_of
from shared.http.operations import Routes, called
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P, Permission
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound


class Entries(Protocol):
    """The dates of a person, or everybody's, around an instant."""

    def __call__(
        self, session: AsyncSession, owner_id: UUID | None, /, *, as_of: datetime
    ) -> Awaitable[Sequence[CalendarEntry]]: ...


@dataclass(frozen=True, slots=True)
class CalendarDoor:
    """What a service says of its calendars: `noun`, as in the names of operations and paths, and what they show.

    `module` is the one that declares it, `made_by` the part of Attest in the file; `issues` and `reads` describe the
    operations that issue an address and read the calendar.
    """

    module: str
    noun: str
    permission: Permission
    feeds: Feeds
    entries: Entries
    made_by: str
    issues: str
    reads: str


def calendar_routes(door: CalendarDoor) -> Routes:
    """To list, issue and revoke the feeds of a service, and to read a calendar by the secret in its address."""
    path = door.noun.replace("_", "-")
    feeds, calendars = f"/v1/{path}-feeds", f"/v1/{path}s"
    routes = Routes(f"{door.noun.replace('_', ' ')} feeds", door.module)
    routes.list(
        f"list_{door.noun}_feeds",
        feeds,
        several_feeds(door.feeds.feed),
        CalendarFeedOut,
        permission=door.permission,
        description="The caller's feeds, and everybody's for who manages members; never their addresses.",
        given=_visible,
    )
    _issue(routes, door, feeds, calendars)
    _revoke(routes, door, feeds)
    _read(routes, door, calendars)
    return routes


async def _visible(read: Reader, _query: ListQuery) -> dict[str, Any]:
    return {"holder": None if P.MEMBERS_WRITE in read.caller.permissions else str(read.caller.person)}


def _issue(routes: Routes, door: CalendarDoor, feeds: str, calendars: str) -> None:
    @routes.post(
        feeds,
        permission=door.permission,
        status_code=201,
        response_model=CalendarFeedIssuedOut,
        refuses=PERSON_REFUSALS,
    )
    @called(f"issue_{door.noun}_feed", door.issues, of=door.module)
    async def issue(draft: CalendarFeedDraft, write: Write) -> Response:
        issued = await door.feeds.issue(write.session, draft=draft, by=write.caller.actor, at=write.at)
        return issued_answer(issued, feeds=feeds, calendars=calendars)


def _revoke(routes: Routes, door: CalendarDoor, feeds: str) -> None:
    thing = one_feed(door.feeds.feed)

    @routes.delete(
        feeds + "/{feed_id}",
        permission=door.permission,
        response_model=CalendarFeedOut,
        refuses=(NotFound, NotYourFeed),
    )
    @called(
        f"revoke_{door.noun}_feed", "Let the address show nothing any more. The feed stays on record.", of=door.module
    )
    async def revoke(feed_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
        others_too = P.MEMBERS_WRITE in write.caller.permissions
        await door.feeds.revoke(
            write.session, feed_id, expected=expected, others_too=others_too, by=write.caller.actor, at=write.at
        )
        return await write.changed(thing, feed_id)


def _read(routes: Routes, door: CalendarDoor, calendars: str) -> None:
    @routes.get(
        calendars + "/{token}.ics",
        permission=None,
        response_class=Response,
        responses=CALENDAR_RESPONSES,
        refuses=(NotFound,),
    )
    @called(f"read_{door.noun}", door.reads, of=door.module)
    async def read(
        token: Annotated[str, Path(max_length=LONGEST_TOKEN, description="The secret of the feed")], request: Request
    ) -> Response:
        asked, as_of = FeedToken.read(token), now()
        if asked is None:
            raise NotFound("There is no such calendar.")
        async with platform_of(request).database.transaction(asked.org_id) as session:
            feed = await door.feeds.opened_by(session, asked)
            entries = await door.entries(session, feed.owner_id, as_of=as_of)
        return calendar_answer(request, calendar(feed.title, entries, made_by=door.made_by))
