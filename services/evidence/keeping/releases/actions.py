"""The verbs of a recorded release."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.keeping.releases.models import Release, ReleaseStatus
from services.evidence.keeping.releases.schemas import ReleaseDraft
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.retention import ReleaseRecorded, ReleaseWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, not_allowed


class NotYetReleased(Invalid):
    """The release time is in the future."""


def record(session: AsyncSession, *, draft: ReleaseDraft, by: Actor, at: datetime) -> Release:
    """Start the clock of the evidence that a report rests on."""
    if draft.released_at > at:
        raise NotYetReleased("released_at is in the future.", faults=[Fault("/released_at", "in the future")])
    release = Release(
        **draft.model_dump(), recorded_by=by.recorded, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(release)
    event = ReleaseRecorded(title=release.title, released_at=release.released_at)
    announce(session, event, about=release, by=by, at=at)
    return release


async def withdraw(session: AsyncSession, release_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Recorded → withdrawn: no clock is started by it any longer."""
    release = await locked(session, Release, release_id, noun="release", expected=ANY_VERSION)
    if release.status != ReleaseStatus.RECORDED:
        raise not_allowed("withdraw", release.status, [])
    release.status = ReleaseStatus.WITHDRAWN
    event = ReleaseWithdrawn(title=release.title, released_at=release.released_at)
    announce(session, event, about=release, by=by, at=at, reason=reason)
