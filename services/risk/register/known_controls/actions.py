"""What is known of controls, and the verb that takes it in and rates again the risks that they answer."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.locks import lock_register
from services.risk.register.known_controls.models import KnownControl
from services.risk.register.ratings.actions import Trigger, rate_anew
from services.risk.register.ratings.rules import in_words
from services.risk.register.risks.models import AnsweredBy, Risk
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import one_at_a_time
from shared.events.catalogue.controls import (
    AboutControl,
    AboutHealth,
    ControlApproved,
    ControlAtRisk,
    ControlDefined,
    ControlFailing,
    ControlImplemented,
    ControlProven,
    ControlRecovered,
    ControlRetired,
    ControlRevised,
    ControlUnproven,
)
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica, is_one_of
from shared.identity.callers import SYSTEM

CONTROLS = Replica(
    KnownControl,
    Facet(
        "control_version",
        (ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired),
        "code",
        "title",
        retired=is_one_of(ControlRetired),
    ),
    Facet(
        "health_version",
        (ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven),
        "code",
        "title",
        "health",
        "reasons",
    ),
)


async def note_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]], *, at: datetime) -> None:
    """Take in what controls and their health are now, and rate again the risks that they answer."""
    await one_at_a_time(session, *(event.subject for event in heard))
    noted = [news.heard for news in await CONTROLS.note(session, heard)]
    named_by = await _risks_naming(session, {told.subject for told in noted})
    if not named_by:
        return
    in_force = await lock_register(session)
    risks = select(Risk).where(among(table_of(Risk).c.id, named_by)).order_by(col(Risk.id)).with_for_update()
    triggers = {
        risk_id: _trigger([told for told in noted if told.subject in controls], at=at)
        for risk_id, controls in named_by.items()
    }
    await rate_anew(session, (await session.scalars(risks)).all(), in_force, triggers)


async def _risks_naming(session: AsyncSession, control_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The risks that these controls answer, with those of the controls that answer each."""
    answers = table_of(AnsweredBy).c
    query = select(answers.risk_id, answers.control_id).where(among(answers.control_id, control_ids))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for risk_id, control_id in await session.execute(query):
        found[risk_id].add(control_id)
    return found


def _trigger(heard: Sequence[Heard[AboutControl]], *, at: datetime) -> Trigger:
    return Trigger(" ".join(_words(told.event) for told in heard), SYSTEM, at, cause=heard[-1].id)


def _words(event: AboutControl) -> str:
    control = f"Control {event.code} '{event.title}'"
    match event:
        case AboutHealth():
            return " ".join([f"{control} is now {in_words(event.health)}.", *event.reasons])
        case ControlRetired():
            return f"{control} was retired."
        case _:
            return f"{control} was written down or changed."
