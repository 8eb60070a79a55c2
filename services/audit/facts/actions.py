"""The verbs of knowing: note what was heard, and recall it. What was heard before or is older changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.facts.models import KnownControl, KnownHealth, KnownRisk
from services.audit.facts.rules import Exceedance, Failure, HealthChange, failures
from shared.data.base import table_of
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import HealthState


async def note_control(session: AsyncSession, control_id: UUID, *, code: str, title: str, version: int) -> None:
    """Take in a control's wording."""
    row = {"code": code, "title": title, "control_version": version}
    statement = insert(KnownControl).values(
        id=control_id,
        org_id=organisation_of(session),
        health=HealthState.UNKNOWN,
        health_version=0,
        **row,
    )
    newer = table_of(KnownControl).c.control_version < version
    await session.execute(statement.on_conflict_do_update(index_elements=["org_id", "id"], set_=row, where=newer))


async def note_health(session: AsyncSession, control_id: UUID, *, change: HealthChange) -> None:
    """Take in a change of a control's health. The caller has the control one at a time."""
    heard = insert(KnownHealth).values(
        control_id=control_id,
        org_id=organisation_of(session),
        version=change.version,
        code=change.code,
        title=change.title,
        health=change.health,
        before=change.before,
        reasons=list(change.reasons),
        at=change.at,
    )
    await session.execute(heard.on_conflict_do_nothing())
    changes = (await _health_of(session, [control_id]))[control_id]
    latest, last = changes[-1], failures(changes)[-1:]
    known = table_of(KnownControl).c
    statement = insert(KnownControl).values(
        id=control_id,
        org_id=organisation_of(session),
        code=latest.code,
        title=latest.title,
        control_version=0,
        health=latest.health,
        health_version=latest.version,
        failing_since=last[0].since if last and last[0].ended is None else None,
    )
    given = statement.excluded
    worded = known.control_version > 0  # the control itself has said what it is called
    changed = {
        "code": case((worded, known.code), else_=given.code),
        "title": case((worded, known.title), else_=given.title),
        "health": given.health,
        "health_version": given.health_version,
        "failing_since": given.failing_since,
    }
    await session.execute(statement.on_conflict_do_update(index_elements=["org_id", "id"], set_=changed))


async def note_risk(
    session: AsyncSession,
    risk_id: UUID,
    *,
    controls: Sequence[UUID],
    title: str,
    residual: str,
    above: bool,
    version: int,
    at: datetime,
) -> None:
    """Take in that a risk went above appetite, or back within it."""
    row = {
        "risk_id": risk_id,
        "org_id": organisation_of(session),
        "version": version,
        "title": title,
        "residual": residual,
        "above": above,
        "at": at,
    }
    if rows := [{**row, "control_id": control_id} for control_id in sorted(set(controls))]:
        await session.execute(insert(KnownRisk).values(rows).on_conflict_do_nothing())


async def failures_of(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, list[Failure]]:
    """The failures of those of these controls that ever failed, oldest first."""
    known = await _health_of(session, control_ids)
    return {control_id: found for control_id, changes in known.items() if (found := failures(changes))}


async def exceedances_of(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, list[Exceedance]]:
    """When risks that these controls answer went above appetite, oldest first."""
    query = (
        select(KnownRisk)
        .where(col(KnownRisk.control_id).in_(control_ids), col(KnownRisk.above))
        .order_by(col(KnownRisk.at), col(KnownRisk.risk_id), col(KnownRisk.version))
    )
    found: dict[UUID, list[Exceedance]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.control_id].append(Exceedance(row.risk_id, row.version, row.title, row.residual, row.at))
    return found


async def _health_of(session: AsyncSession, control_ids: Sequence[UUID]) -> dict[UUID, list[HealthChange]]:
    query = (
        select(KnownHealth)
        .where(col(KnownHealth.control_id).in_(control_ids))
        .order_by(col(KnownHealth.control_id), col(KnownHealth.version))
    )
    found: dict[UUID, list[HealthChange]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.control_id].append(
            HealthChange(
                row.version,
                row.code,
                row.title,
                HealthState(row.health),
                HealthState(row.before),
                tuple(row.reasons),
                row.at,
            )
        )
    return found
