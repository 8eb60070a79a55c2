"""What is read of calendar feeds."""

from typing import Annotated, Any, Literal

from sqlalchemy import ColumnElement, Select, Text, bindparam, select

from shared.calendars.models import FeedRecord
from shared.data.base import table_of
from shared.data.queries import Columns, Filter, ListQuery, Value
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince
from shared.people.known import named


def feed_columns(feed: type[FeedRecord]) -> Select[Any]:
    """A feed as it is answered, which is without its address."""
    columns = table_of(feed).c
    return select(
        columns.id,
        columns.title,
        named(columns.owner_id).label("owner"),
        columns.holder,
        columns.revoked_at,
        columns.version,
        columns.created_at,
        columns.updated_at,
    )


def held_by(feed: type[FeedRecord], person_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the person had the feed issued, by themselves or through a client."""
    holder: ColumnElement[str] = table_of(feed).c.holder[("person", "id")].astext
    return holder == person_id


class IsRevoked(Filter):
    """Whether a feed has been revoked."""

    def condition(self, columns: Columns, value: Value) -> ColumnElement[bool]:
        return value == columns["revoked_at"].is_not(None)


class CalendarFeedQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    revoked: Annotated[bool | None, IsRevoked()] = None
    updated_since: UpdatedSince = None


def one_feed(feed: type[FeedRecord]) -> One:
    """One feed of a service."""
    return One("calendar feed", feed_columns(feed), by=table_of(feed).c.id)


def several_feeds(feed: type[FeedRecord]) -> Listing:
    """The feeds of a service: those of the `holder`, or all where that is null."""
    holder = held_by(feed, bindparam("holder", type_=Text()))
    return Listing(feed_columns(feed), id=table_of(feed).c.id, query=CalendarFeedQuery, given={"holder": holder})
