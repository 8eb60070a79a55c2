"""The verbs of a calendar feed. No event and no log line carries its address."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.calendar_feeds.models import CalendarFeed, FeedSecret
from services.evidence.collecting.calendar_feeds.queries import held_by
from services.evidence.collecting.calendar_feeds.rules import Token
from services.evidence.collecting.calendar_feeds.schemas import CalendarFeedDraft
from shared.clock import new_id
from shared.data.records import found, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.evidence_collections import CalendarFeedIssued, CalendarFeedRevoked
from shared.events.trail import announce
from shared.identity.callers import Actor, person_of
from shared.people.references import KnownPerson, require_people
from shared.problems import Forbidden, NotFound, not_allowed


class NotYourFeed(Forbidden):
    """The calendar feed belongs to another person."""


async def issue(
    session: AsyncSession, *, draft: CalendarFeedDraft, by: Actor, at: datetime
) -> tuple[CalendarFeed, KnownPerson | None, Token]:
    """Issue an address that shows due dates, of one person or all, to whoever has it; in clear for this once."""
    owner = (await require_people(session, {"/owner": draft.owner})).get("/owner")
    token = Token.new(organisation_of(session), new_id())
    feed = CalendarFeed(
        title=draft.title,
        owner_id=owner.id if owner else None,
        id=token.thing_id,
        org_id=token.org_id,
        holder=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(feed)
    await session.flush()  # the secret refers to the feed
    session.add(FeedSecret(feed_id=feed.id, org_id=feed.org_id, digest=token.digest))
    announce(session, CalendarFeedIssued(title=feed.title, owner_id=feed.owner_id), about=feed, by=by, at=at)
    return feed, owner, token


async def revoke(
    session: AsyncSession, feed_id: UUID, *, expected: int, others_too: bool, by: Actor, at: datetime
) -> None:
    """Let an address show nothing any more; `others_too` when it may be somebody else's."""
    feed = await locked(session, CalendarFeed, feed_id, noun="calendar feed", expected=expected)
    if not others_too and (by.person is None or by.person != person_of(feed.holder)):
        raise NotYourFeed("This feed was issued to somebody else.")
    if feed.revoked_at is not None:
        raise not_allowed("revoke", "revoked", [])
    _revoke(session, feed, by=by, at=at)


async def revoke_all_of(session: AsyncSession, person: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Revoke the feeds of somebody who left. Again is nothing."""
    live = select(CalendarFeed).where(held_by(literal(str(person))), col(CalendarFeed.revoked_at).is_(None))
    for feed in await lock_rows(session, live.order_by(col(CalendarFeed.id))):
        _revoke(session, feed, by=by, at=at, reason=reason)


async def opened_by(session: AsyncSession, token: Token) -> CalendarFeed:
    """The feed that an address opens; `NotFound` also when it is revoked, as when it never was."""
    secret = await session.get(FeedSecret, token.thing_id)
    feed = await found(session, CalendarFeed, token.thing_id)
    if secret is None or feed is None or not token.opens(secret.digest) or feed.revoked_at is not None:
        raise NotFound("There is no such calendar.")
    return feed


def _revoke(session: AsyncSession, feed: CalendarFeed, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    feed.revoked_at = at
    event = CalendarFeedRevoked(title=feed.title, owner_id=feed.owner_id)
    announce(session, event, about=feed, by=by, at=at, reason=reason)
