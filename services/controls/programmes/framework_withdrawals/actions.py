"""The verbs of a withdrawal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.frameworks.framework_imports.actions import own_framework
from services.controls.frameworks.framework_imports.models import DocumentPart
from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus, FrameworkVersion
from services.controls.frameworks.requirements.models import Requirement
from services.controls.programmes.framework_withdrawals.queries import naming, resting_on, versions_of
from shared.data.records import found, locked, one_at_a_time
from shared.events.catalogue.frameworks import FrameworkVersionWithdrawn, FrameworkWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, NotFound, not_allowed


class InUse(Conflict):
    """The resource is in use and cannot be removed."""


async def withdraw_version(session: AsyncSession, version_id: UUID, *, expected: int, by: Actor, at: datetime) -> None:
    """Take a version away that nothing rests on. `InUse` says what does."""
    seen = await found(session, FrameworkVersion, version_id)
    if seen is None:
        raise NotFound(f"There is no framework version {version_id}.")
    framework = await own_framework(session, seen.framework_id)
    await one_at_a_time(session, framework.id)  # whoever pins a version takes it too
    version = await locked(session, FrameworkVersion, version_id, noun="framework version", expected=expected)
    if version.status != FrameworkStatus.ACTIVE:
        raise not_allowed("withdraw", version.status, [])
    _refuse(await resting_on(session, framework.code, [version_id]))
    await _withdraw(session, framework, [version], by=by, at=at)


async def withdraw_framework(
    session: AsyncSession, framework_id: UUID, *, expected: int, by: Actor, at: datetime
) -> None:
    """Take a framework away with all its versions, when nothing rests on any of them. `InUse` says what does."""
    await own_framework(session, framework_id)
    await one_at_a_time(session, framework_id)
    framework = await locked(session, Framework, framework_id, noun="framework", expected=expected)
    if framework.status != FrameworkStatus.ACTIVE:
        raise not_allowed("withdraw", framework.status, [])
    versions = await versions_of(session, framework_id)
    ids = [version.id for version in versions]
    _refuse([*await naming(session, framework.code), *await resting_on(session, framework.code, ids)])
    await _withdraw(session, framework, versions, by=by, at=at)
    framework.status = FrameworkStatus.WITHDRAWN
    event = FrameworkWithdrawn(code=framework.code, title=framework.title)
    announce(session, event, about=framework, by=by, at=at)


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise InUse(f"This cannot be withdrawn: {'; '.join(reasons)}.")


async def _withdraw(
    session: AsyncSession, framework: Framework, versions: Sequence[FrameworkVersion], *, by: Actor, at: datetime
) -> None:
    """Remove the contents of versions; the versions stay listed as withdrawn, for whoever keeps a copy."""
    ids = [version.id for version in versions]
    await session.execute(delete(Requirement).where(col(Requirement.version_id).in_(ids)))
    await session.execute(delete(DocumentPart).where(col(DocumentPart.version_id).in_(ids)))
    for version in versions:
        version.status = FrameworkStatus.WITHDRAWN
        event = FrameworkVersionWithdrawn(framework=framework.code, label=version.label)
        announce(session, event, about=version, by=by, at=at)
