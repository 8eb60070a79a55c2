"""The verbs of a known control: take in what is announced of it, and rate the risks it answers anew."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import case
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import col, select

from services.risk.locks import hold
from services.risk.register.known_controls.models import KnownControl
from services.risk.register.ratings.actions import Trigger, rate_anew
from services.risk.register.ratings.rules import in_words
from services.risk.register.risks.models import AnsweredBy, Risk
from shared.data.base import table_of
from shared.data.bulk import among, document, inserting
from shared.data.sessions import organisation_of
from shared.events.catalogue.controls import HealthState
from shared.identity.callers import SYSTEM

_TABLE = table_of(KnownControl)
_NOTHING_OF_ITSELF = {"retired": False, "control_version": 0}
_NOTHING_OF_ITS_HEALTH = {"health": HealthState.UNKNOWN, "reasons": [], "health_version": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlNews:
    """What a control says of itself at its version, and the event that told it."""

    control_id: UUID
    code: str
    title: str
    retired: bool
    version: int
    event_id: UUID

    @property
    def facts(self) -> dict[str, Any]:
        return {"retired": self.retired, "control_version": self.version, **_NOTHING_OF_ITS_HEALTH}

    @property
    def words(self) -> str:
        return f"Control {self.code} '{self.title}' {'was retired' if self.retired else 'was written down or changed'}."


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNews:
    """What a control's health is, and why, at the health's version, and the event that told it."""

    control_id: UUID
    code: str
    title: str
    health: HealthState
    reasons: Sequence[str]
    version: int
    event_id: UUID

    @property
    def facts(self) -> dict[str, Any]:
        told = {"health": self.health, "reasons": self.reasons, "health_version": self.version}
        return {**told, **_NOTHING_OF_ITSELF}

    @property
    def words(self) -> str:
        return " ".join([f"Control {self.code} '{self.title}' is now {in_words(self.health)}.", *self.reasons])


def _noting(*told: str, newer: str) -> ReturningInsert[Any]:
    """Take in what is told of controls, unless something newer is known; of which controls it was taken in.

    What a control says of itself is its name; what its health calls it counts until then.
    """
    known = _TABLE.c
    statement = inserting(_TABLE, [column.name for column in known])
    given, unheard = statement.excluded, known.control_version == 0
    name = {each: case((unheard, given[each]), else_=known[each]) for each in ("code", "title")}
    renewed = name | {each: given[each] for each in told}
    return statement.on_conflict_do_update(
        index_elements=["id"], set_=renewed, where=known[newer] < given[newer]
    ).returning(known.id)


_CONTROLS = _noting("code", "title", "retired", "control_version", newer="control_version")
_HEALTH = _noting("health", "reasons", "health_version", newer="health_version")


async def note_controls(session: AsyncSession, news: Sequence[ControlNews], *, at: datetime) -> None:
    """Take in controls; what is older than what is known is dropped."""
    await _note(session, _CONTROLS, news, at=at)


async def note_health(session: AsyncSession, news: Sequence[HealthNews], *, at: datetime) -> None:
    """Take in the health of controls; what is older than what is known is dropped."""
    await _note(session, _HEALTH, news, at=at)


async def _note(
    session: AsyncSession,
    statement: ReturningInsert[Any],
    news: Sequence[ControlNews | HealthNews],
    *,
    at: datetime,
) -> None:
    in_force = await hold(session)
    latest = {each.control_id: each for each in sorted(news, key=attrgetter("version"))}
    org_id = organisation_of(session)
    rows = [
        {"id": each.control_id, "org_id": org_id, "code": each.code, "title": each.title, **each.facts}
        for each in latest.values()
    ]
    noted = [latest[each] for each in await session.scalars(statement, document(rows))]
    answers = table_of(AnsweredBy).c
    answered = select(answers.risk_id, answers.control_id).where(
        among(answers.control_id, [each.control_id for each in noted])
    )
    about = defaultdict(set)
    for risk_id, control_id in await session.execute(answered):
        about[risk_id].add(control_id)
    risks = select(Risk).where(among(table_of(Risk).c.id, about)).order_by(col(Risk.id)).with_for_update()
    triggers: dict[UUID, Trigger] = {}
    for risk_id, controls in about.items():
        of_it = [each for each in noted if each.control_id in controls]
        reason = " ".join(each.words for each in of_it)
        triggers[risk_id] = Trigger(reason, SYSTEM, at, cause=of_it[-1].event_id)
    await rate_anew(session, (await session.scalars(risks)).all(), in_force, triggers)
