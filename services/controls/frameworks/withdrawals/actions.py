"""The verbs of a withdrawal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.frameworks.imports.actions import own_framework
from services.controls.frameworks.imports.models import DocumentPart
from services.controls.frameworks.requirements.models import Requirement
from services.controls.frameworks.withdrawals.queries import naming, resting_on, versions_of
from shared.data.base import Record
from shared.data.records import found, locked
from shared.events.catalogue.frameworks import FrameworkVersionWithdrawn, FrameworkWithdrawn
from shared.events.event import Event
from shared.events.trail import Told, announce_each
from shared.problems import Conflict, NotFound

_UNTOLD = {"org_id", "version", "created_at", "updated_at", "remarks"}


class InUse(Conflict):
    """Something rests on this, so that it stays."""


async def withdraw_version(session: AsyncSession, version_id: UUID, *, expected: int, by: str, at: datetime) -> None:
    """Take a version away that nothing rests on. `InUse` says what does."""
    seen = await found(session, FrameworkVersion, version_id)
    if seen is None:
        raise NotFound(f"There is no framework version {version_id}.")
    framework = await own_framework(session, seen.framework_id)
    version = await locked(session, FrameworkVersion, version_id, noun="framework version", expected=expected)
    _refuse(await resting_on(session, framework.code, [version_id]))
    told = _told(FrameworkVersionWithdrawn(framework=framework.code, label=version.label), version)
    await _remove(session, [version_id])
    await announce_each(session, [told], by=by, at=at)


async def withdraw_framework(
    session: AsyncSession, framework_id: UUID, *, expected: int, by: str, at: datetime
) -> None:
    """Take a framework away with all its versions, when nothing rests on any of them. `InUse` says what does."""
    await own_framework(session, framework_id)
    framework = await locked(session, Framework, framework_id, noun="framework", expected=expected)
    versions = await versions_of(session, framework_id)
    _refuse([*await naming(session, framework.code), *await resting_on(session, framework.code, versions)])
    told = _told(FrameworkWithdrawn(code=framework.code, title=framework.title), framework)
    await _remove(session, versions)
    await session.execute(delete(Framework).where(col(Framework.id) == framework_id))
    await announce_each(session, [told], by=by, at=at)


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise InUse(f"This cannot be withdrawn: {'; '.join(reasons)}.")


def _told(event: Event, gone: Record) -> Told:
    return Told(event, gone.id, gone.version + 1, to_jsonable_python(gone.model_dump(exclude=_UNTOLD)), None)


async def _remove(session: AsyncSession, versions: Sequence[UUID]) -> None:
    for table, column in (
        (Requirement, col(Requirement.version_id)),
        (DocumentPart, col(DocumentPart.version_id)),
        (FrameworkVersion, col(FrameworkVersion.id)),
    ):
        await session.execute(delete(table).where(column.in_(versions)))
