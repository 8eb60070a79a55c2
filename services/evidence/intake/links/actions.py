"""The verbs of a link: issue it, follow it. Both are on the record."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.intake.files.models import File
from services.evidence.intake.links.models import Link
from services.evidence.intake.scans.rules import refuse_unsafe
from services.evidence.settings import file_settings
from shared.data.records import found
from shared.data.sessions import organisation_of
from shared.events.catalogue.files import LinkFollowed, LinkIssued
from shared.events.trail import announce
from shared.identity.callers import ANONYMOUS, Caller
from shared.problems import NotFound, Problem, not_allowed
from shared.withdrawals import was_withdrawn


class LinkGone(Problem):
    """The link is no longer valid."""

    status = 410


async def issue(session: AsyncSession, file_id: UUID, *, seconds: int, by: Caller, at: datetime) -> Link:
    """Give out a file as it is now, to whoever will hold the link; not for longer than the issuer's membership."""
    file = await found(session, File, file_id)
    if file is None:
        raise NotFound(f"There is no file {file_id}.")
    if file.disposed_at is not None:
        raise not_allowed("link to it", "disposed", [])
    refuse_unsafe(file.scan, file.finding, before_scan=file_settings().serve_before_scan)
    expires_at = at + timedelta(seconds=seconds)
    link = Link(
        org_id=organisation_of(session),
        file_id=file.id,
        file_version=file.version,
        issuer=by.actor.recorded,
        rests_on={str(thing): version for thing, version in by.rests_on.items()},
        expires_at=min(filter(None, [expires_at, by.ends_at])).replace(microsecond=0),
        created_at=at,
        updated_at=at,
    )
    session.add(link)
    event = LinkIssued(file_id=file.id, sha256=file.sha256, expires_at=link.expires_at)
    announce(session, event, about=link, by=by.actor, at=at)
    return link


async def follow(session: AsyncSession, link_id: UUID, *, at: datetime) -> File:
    """The file, for whoever came with the link; `LinkGone` when it is no longer what was given out."""
    link = await found(session, Link, link_id, for_update=True)
    file = None if link is None else await found(session, File, link.file_id)
    if link is None or file is None or link.expires_at <= at or link.file_version != file.version:
        raise LinkGone("The link has expired or was withdrawn; ask for another link.")
    if await was_withdrawn(session, {UUID(thing): version for thing, version in link.rests_on.items()}):
        raise LinkGone("The permissions of the person who issued the link have changed; ask for another link.")
    event = LinkFollowed(file_id=file.id, sha256=file.sha256)
    announce(session, event, about=link, by=ANONYMOUS, at=at)
    return file
