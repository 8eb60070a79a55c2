"""The verbs of a withdrawal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.frameworks.framework_imports.actions import own_framework
from services.controls.frameworks.framework_imports.models import DocumentPart
from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.frameworks.requirements.models import Requirement
from services.controls.programmes.framework_withdrawals.queries import naming, resting_on, versions_of
from shared.data.records import found, locked
from shared.events.catalogue.frameworks import FrameworkVersionWithdrawn, FrameworkWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, NotFound


class InUse(Conflict):
    """The resource is in use and cannot be removed."""


async def withdraw_version(session: AsyncSession, version_id: UUID, *, expected: int, by: Actor, at: datetime) -> None:
    """Take a version away that nothing rests on. `InUse` says what does."""
    seen = await found(session, FrameworkVersion, version_id)
    if seen is None:
        raise NotFound(f"There is no framework version {version_id}.")
    framework = await own_framework(session, seen.framework_id)
    version = await locked(session, FrameworkVersion, version_id, noun="framework version", expected=expected)
    _refuse(await resting_on(session, framework.code, [version_id]))
    await _remove_contents(session, [version_id])
    await session.delete(version)
    event = FrameworkVersionWithdrawn(framework=framework.code, label=version.label)
    announce(session, event, about=version, by=by, at=at)


async def withdraw_framework(
    session: AsyncSession, framework_id: UUID, *, expected: int, by: Actor, at: datetime
) -> None:
    """Take a framework away with all its versions, when nothing rests on any of them. `InUse` says what does."""
    await own_framework(session, framework_id)
    framework = await locked(session, Framework, framework_id, noun="framework", expected=expected)
    versions = await versions_of(session, framework_id)
    _refuse([*await naming(session, framework.code), *await resting_on(session, framework.code, versions)])
    await _remove_contents(session, versions)
    await session.execute(delete(FrameworkVersion).where(col(FrameworkVersion.id).in_(versions)))
    await session.delete(framework)
    event = FrameworkWithdrawn(code=framework.code, title=framework.title)
    announce(session, event, about=framework, by=by, at=at)


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise InUse(f"This cannot be withdrawn: {'; '.join(reasons)}.")


async def _remove_contents(session: AsyncSession, versions: Sequence[UUID]) -> None:
    await session.execute(delete(Requirement).where(col(Requirement.version_id).in_(versions)))
    await session.execute(delete(DocumentPart).where(col(DocumentPart.version_id).in_(versions)))
