"""The verbs of a known control: take in what is announced of it, and rate the risks it answers anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.known_controls.models import KnownControl
from services.risk.ratings.actions import Trigger, rate_anew
from services.risk.ratings.rules import in_words
from services.risk.register import hold
from services.risk.risks.models import AnsweredBy, Risk
from shared.data.base import table_of
from shared.events.catalogue.controls import HealthState
from shared.identity.callers import SYSTEM

_K = table_of(KnownControl).c


async def note_control(
    session: AsyncSession,
    *,
    control_id: UUID,
    org_id: UUID,
    code: str,
    title: str,
    retired: bool,
    version: int,
    at: datetime,
) -> None:
    """Take in a control; what is older than what is known is dropped."""
    happened = "was retired" if retired else "was written down or changed"
    values = {"code": code, "title": title, "retired": retired, "control_version": version}
    nothing_of_its_health = {"health": HealthState.UNKNOWN, "reasons": [], "health_version": 0}
    await _note(
        session,
        {"id": control_id, "org_id": org_id, **values, **nothing_of_its_health},
        replacing=values,
        newer=_K.control_version < version,
        trigger=Trigger(f"Control {code} '{title}' {happened}.", SYSTEM, at),
    )


async def note_health(
    session: AsyncSession,
    *,
    control_id: UUID,
    org_id: UUID,
    code: str,
    title: str,
    health: HealthState,
    reasons: list[str],
    version: int,
    at: datetime,
) -> None:
    """Take in a control's health; what is older than what is known is dropped. Its name counts until it is heard of."""
    values = {"health": health, "reasons": reasons, "health_version": version}
    nothing_of_itself = {"retired": False, "control_version": 0}
    unheard = _K.control_version == 0
    name = {"code": case((unheard, code), else_=_K.code), "title": case((unheard, title), else_=_K.title)}
    because = " ".join([f"Control {code} '{title}' is now {in_words(health)}.", *reasons])
    await _note(
        session,
        {"id": control_id, "org_id": org_id, "code": code, "title": title, **values, **nothing_of_itself},
        replacing={**values, **name},
        newer=_K.health_version < version,
        trigger=Trigger(because, SYSTEM, at),
    )


async def _note(
    session: AsyncSession,
    row: Mapping[str, Any],
    *,
    replacing: Mapping[str, Any],
    newer: ColumnElement[bool],
    trigger: Trigger,
) -> None:
    in_force = await hold(session)
    statement = insert(KnownControl).values(**row)
    noted = statement.on_conflict_do_update(index_elements=["id"], set_=replacing, where=newer).returning(_K.id)
    control_id = await session.scalar(noted)
    if control_id is None:
        return
    answered = select(AnsweredBy.risk_id).where(AnsweredBy.control_id == control_id)
    risks = select(Risk).where(col(Risk.id).in_(answered)).order_by(col(Risk.id)).with_for_update()
    await rate_anew(session, (await session.execute(risks)).scalars().all(), in_force, trigger)
