"""The verbs of an engagement file, in transactions of the firm that keeps it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.filing.engagement_files.models import EngagementFile, FileStatus, engagement_file_parts
from services.audit.filing.engagement_files.queries import to_file
from services.audit.filing.engagement_files.rules import is_too_early, retain_until, standing
from services.audit.filing.engagement_files.schemas import FileHold, FileHoldRelease, FileRetention
from services.audit.sampling.population_files.models import file_parts, frame_parts
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.filing import EngagementFileMoved, FileStep
from shared.events.trail import announce
from shared.identity.callers import Actor, in_person
from shared.problems import Conflict, Fault, Invalid, SeparationOfDuties, not_allowed

_NOUN = "engagement file"


class FileKept(Conflict):
    """The file is kept: its retention has not ended, or a hold is on it."""


async def begin(session: AsyncSession, *, at: datetime, limit: int) -> list[EngagementFile]:
    """Begin the files of completed engagements, which are assembled next."""
    begun = [_begun(session, each, at=at) for each in await to_file(session, organisation_of(session), limit)]
    session.add_all(begun)
    return begun


async def retain(session: AsyncSession, key: UUID, *, given: FileRetention, by: Actor, at: datetime) -> None:
    """Keep it until another day. `Invalid` for less than five years from the release of the report."""
    file = await _kept(session, key, "retain")
    if is_too_early(file.released_on, given.retain_until):
        fault = Fault("/retain_until", f"lies less than five years after {file.released_on}")
        raise Invalid("No engagement file is kept for less than five years.", faults=[fault])
    file.retain_until = given.retain_until
    _announce(session, file, FileStep.RETAIN, by=by, at=at, reason=given.reason)


async def hold(session: AsyncSession, key: UUID, *, given: FileHold, by: Actor, at: datetime) -> None:
    """Keep it for a matter, whatever its retention says."""
    file = await _kept(session, key, "hold")
    if given.matter in standing(file.holds):
        raise Invalid("There is such a hold.", faults=[Fault("/matter", "a hold for it is on the file")])
    placed = {**given.model_dump(), "placed_by": by.recorded, "placed_at": at.isoformat()}
    released = {"released_by": None, "released_at": None, "release_reason": None}
    file.holds = [*file.holds, placed | released]
    _announce(session, file, FileStep.HOLD, by=by, at=at, reason=given.reason)


async def release_hold(session: AsyncSession, key: UUID, *, given: FileHoldRelease, by: Actor, at: datetime) -> None:
    """End a hold; it stays on record."""
    file = await _kept(session, key, "release a hold")
    if given.matter not in standing(file.holds):
        raise Invalid("There is no such hold.", faults=[Fault("/matter", "no hold for it is on the file")])
    released = {"released_by": by.recorded, "released_at": at.isoformat(), "release_reason": given.reason}
    file.holds = [
        each | released if each["matter"] == given.matter and each["released_at"] is None else each
        for each in file.holds
    ]
    _announce(session, file, FileStep.RELEASE, by=by, at=at, reason=given.reason)


async def request_disposal(session: AsyncSession, key: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Ask for its disposal once its retention has ended; another person approves."""
    in_person(by, "request the disposal of an engagement file")
    file = await _kept(session, key, "request the disposal of")
    _refuse_kept(file, at.astimezone(UTC).date())
    file.disposal = {
        "reason": reason,
        "requested_by": by.recorded,
        "requested_at": at.isoformat(),
        "approved_by": None,
        "approved_at": None,
    }
    _announce(session, file, FileStep.REQUEST_DISPOSAL, by=by, at=at, reason=reason)


async def approve_disposal(session: AsyncSession, key: UUID, *, by: Actor, at: datetime) -> None:
    """Assembled → disposed, by another person: the archive and the populations of the engagement are erased."""
    person = in_person(by, "approve the disposal of an engagement file")
    file = await _kept(session, key, "approve the disposal of")
    if file.disposal is None:
        raise not_allowed("approve the disposal of a file nobody asked to dispose of", file.status, [])
    if file.disposal["requested_by"]["person"]["id"] == str(person):
        raise SeparationOfDuties("You asked for this disposal; another person has to approve it.")
    _refuse_kept(file, at.astimezone(UTC).date())
    file.disposal = file.disposal | {"approved_by": by.recorded, "approved_at": at.isoformat()}
    file.status = FileStatus.DISPOSED
    await session.execute(delete(engagement_file_parts).where(engagement_file_parts.c.file_id == file.id))
    for parts in (file_parts, frame_parts):
        await session.execute(delete(parts).where(parts.c.engagement_id == file.engagement_id))
    _announce(session, file, FileStep.DISPOSE, by=by, at=at, reason=file.disposal["reason"])


def assembled(session: AsyncSession, file: EngagementFile, *, sha256: str, size: int, by: Actor, at: datetime) -> None:
    """Assembling → assembled, with the digest of the archive that is kept."""
    file.status, file.sha256, file.size, file.assembled_at = FileStatus.ASSEMBLED, sha256, size, at
    _announce(session, file, FileStep.ASSEMBLE, by=by, at=at)


def _begun(session: AsyncSession, engagement: Engagement, *, at: datetime) -> EngagementFile:
    assert engagement.issued_at, "the report of a completed engagement was issued"
    released_on = engagement.issued_at.astimezone(UTC).date()
    return EngagementFile(
        engagement_id=engagement.id,
        client_id=engagement.org_id,
        title=engagement.title,
        kind=engagement.kind,
        completed_at=engagement.updated_at,
        released_on=released_on,
        retain_until=retain_until(released_on),
        holds=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )


def _refuse_kept(file: EngagementFile, today: date) -> None:
    if matters := standing(file.holds):
        raise FileKept(f"A hold is on it: {', '.join(matters)}.")
    if today <= file.retain_until:
        raise FileKept(f"It is kept until {file.retain_until}.")


async def _kept(session: AsyncSession, key: UUID, verb: str) -> EngagementFile:
    file = await locked(session, EngagementFile, key, noun=_NOUN, expected=ANY_VERSION)
    if file.status != FileStatus.ASSEMBLED:
        raise not_allowed(verb, file.status, [])
    return file


def _announce(
    session: AsyncSession, file: EngagementFile, step: FileStep, *, by: Actor, at: datetime, reason: str | None = None
) -> None:
    told: dict[str, Any] = {name: getattr(file, name) for name in ("engagement_id", "status", "sha256", "retain_until")}
    announce(session, EngagementFileMoved(**told, step=step), about=file, by=by, at=at, reason=reason)
