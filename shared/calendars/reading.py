"""What is read of calendar feeds."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, select

from shared.calendars.models import FeedRecord
from shared.data.base import table_of
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


def of_the_holder(feed: type[FeedRecord]) -> dict[str, ColumnElement[bool]]:
    """What a list of feeds is `given`: whose they are; all when `holder` is null."""
    return {"holder": held_by(feed, bindparam("holder", type_=Text()))}
