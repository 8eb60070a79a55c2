"""The verbs of knowing: note what was heard, and recall it. What was heard before or is older changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.audit.engagements.facts.models import KnownControl, KnownHealth, KnownRisk
from services.audit.engagements.facts.rules import Exceedance, Failure, HealthChange, failures
from shared.data.base import table_of
from shared.data.bulk import document, inserting
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import HealthState

_CONTROL, _NO_HEALTH = table_of(KnownControl), {"health": HealthState.UNKNOWN, "health_version": 0}
_WORDED = ("code", "title", "control_version")
_WORDING = inserting(_CONTROL, ["id", "org_id", *_WORDED, *_NO_HEALTH])
_NOTE_WORDING = _WORDING.on_conflict_do_update(
    index_elements=["org_id", "id"],
    set_={name: _WORDING.excluded[name] for name in _WORDED},
    where=_CONTROL.c.control_version < _WORDING.excluded.control_version,
)

_HEALTHY = ("health", "health_version", "failing_since")
_LATEST = inserting(_CONTROL, ["id", "org_id", "code", "title", "control_version", *_HEALTHY])
_HAS_SAID = _CONTROL.c.control_version > 0  # what it is called itself
_NAMES = {name: case((_HAS_SAID, _CONTROL.c[name]), else_=_LATEST.excluded[name]) for name in ("code", "title")}
_NOTE_LATEST = _LATEST.on_conflict_do_update(
    index_elements=["org_id", "id"], set_=_NAMES | {name: _LATEST.excluded[name] for name in _HEALTHY}
)

_HEALTH_COLUMNS = ("control_id", "org_id", "version", "code", "title", "health", "before", "reasons", "at")
_NOTE_CHANGES = inserting(table_of(KnownHealth), _HEALTH_COLUMNS).on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Wording:
    """What a control is called, as its version has it."""

    control_id: UUID
    code: str
    title: str
    version: int


async def note_controls(session: AsyncSession, wordings: Sequence[Wording]) -> None:
    """Take in what controls are called; what is older than what is known is dropped."""
    org_id = organisation_of(session)
    latest = {each.control_id: each for each in sorted(wordings, key=attrgetter("version"))}
    rows = [
        {
            "id": each.control_id,
            "org_id": org_id,
            "code": each.code,
            "title": each.title,
            "control_version": each.version,
            **_NO_HEALTH,
        }
        for _, each in sorted(latest.items())
    ]
    await session.execute(_NOTE_WORDING, document(rows))


async def note_health(session: AsyncSession, changes: Mapping[UUID, Sequence[HealthChange]]) -> None:
    """Take in changes of the health of controls. The caller has the controls one at a time."""
    org_id = organisation_of(session)
    heard = [
        {**asdict(each), "control_id": control_id, "org_id": org_id}
        for control_id in changes
        for each in changes[control_id]
    ]
    await session.execute(_NOTE_CHANGES, document(heard))
    latest: list[dict[str, Any]] = []
    for control_id, known in sorted((await _health_of(session, list(changes))).items()):
        last = failures(known)[-1:]
        row = {
            "id": control_id,
            "org_id": org_id,
            "code": known[-1].code,
            "title": known[-1].title,
            "control_version": 0,
            "health": known[-1].health,
            "health_version": known[-1].version,
            "failing_since": last[0].since if last and last[0].ended is None else None,
        }
        latest.append(row)
    await session.execute(_NOTE_LATEST, document(latest))


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


async def failures_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[Failure]]:
    """The failures of those of these controls that ever failed, oldest first."""
    known = await _health_of(session, control_ids)
    return {control_id: found for control_id, changes in known.items() if (found := failures(changes))}


async def exceedances_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[Exceedance]]:
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


async def _health_of(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, list[HealthChange]]:
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
