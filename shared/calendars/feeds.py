"""The verbs of a calendar feed. No event and no log line carries its address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.calendars.models import FeedRecord, FeedSecretRecord
from shared.calendars.reading import held_by
from shared.calendars.schemas import CalendarFeedDraft
from shared.calendars.tokens import FeedToken
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.records import found, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.event import Event
from shared.events.trail import announce
from shared.identity.callers import Actor, person_of
from shared.people.references import KnownPerson, require_people
from shared.problems import Forbidden, NotFound, not_allowed

_NOUN = "calendar feed"


class NotYourFeed(Forbidden):
    """The calendar feed belongs to another person."""


@dataclass(frozen=True, slots=True)
class IssuedFeed:
    """A new feed, whose dates it shows (None: everybody's), and its token in clear, for this once."""

    feed: FeedRecord
    owner: KnownPerson | None
    token: FeedToken


@dataclass(frozen=True, slots=True)
class Feeds:
    """The calendar feeds of a service: its two tables, and its two events, which say `title` and `owner_id`."""

    feed: type[FeedRecord]
    secret: type[FeedSecretRecord]
    issued: Callable[..., Event]
    revoked: Callable[..., Event]

    async def issue(self, session: AsyncSession, *, draft: CalendarFeedDraft, by: Actor, at: datetime) -> IssuedFeed:
        """Issue an address that shows due dates, of one person or all, to whoever has it."""
        owner = (await require_people(session, {"/owner": draft.owner})).get("/owner")
        token = FeedToken.new(organisation_of(session), new_id())
        feed = self.feed(
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
        session.add(self.secret(feed_id=feed.id, org_id=feed.org_id, digest=token.digest))
        announce(session, self.issued(title=feed.title, owner_id=feed.owner_id), about=feed, by=by, at=at)
        return IssuedFeed(feed, owner, token)

    async def revoke(
        self, session: AsyncSession, feed_id: UUID, *, expected: int, others_too: bool, by: Actor, at: datetime
    ) -> None:
        """Let an address show nothing any more; `others_too` when it may be somebody else's."""
        feed = await locked(session, self.feed, feed_id, noun=_NOUN, expected=expected)
        if not others_too and (by.person is None or by.person != person_of(feed.holder)):
            raise NotYourFeed("This feed was issued to somebody else.")
        if feed.revoked_at is not None:
            raise not_allowed("revoke", "revoked", [])
        self._end(session, feed, by=by, at=at)

    async def revoke_all_of(self, session: AsyncSession, person: UUID, *, reason: str, by: Actor, at: datetime) -> None:
        """Revoke the feeds of somebody who left. Again is nothing."""
        columns = table_of(self.feed).c
        theirs = held_by(self.feed, literal(str(person)))
        live = select(self.feed).where(theirs, columns.revoked_at.is_(None)).order_by(columns.id)
        for feed in await lock_rows(session, live):
            self._end(session, feed, by=by, at=at, reason=reason)

    async def opened_by(self, session: AsyncSession, token: FeedToken) -> FeedRecord:
        """The feed that an address opens; `NotFound` also when it is revoked, as when it never was."""
        secret = await session.get(self.secret, token.thing_id)
        feed = await found(session, self.feed, token.thing_id)
        if secret is None or feed is None or not secret.is_opened_by(token) or feed.revoked_at is not None:
            raise NotFound("There is no such calendar.")
        return feed

    def _end(
        self, session: AsyncSession, feed: FeedRecord, *, by: Actor, at: datetime, reason: str | None = None
    ) -> None:
        feed.revoked_at = at
        event = self.revoked(title=feed.title, owner_id=feed.owner_id)
        announce(session, event, about=feed, by=by, at=at, reason=reason)
