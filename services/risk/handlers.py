"""What this service hears of controls, and does about it.

A rating is found when its news is heard, not when it happened: who syncs by `updated_since` would miss it otherwise.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.register.known_controls.actions import ControlNews, HealthNews, note_controls, note_health
from shared.clock import now
from shared.events.catalogue.controls import (
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
from shared.events.event import Heard, hears_at_once


@hears_at_once(ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired)
async def know_the_controls(
    session: AsyncSession,
    heard: Sequence[Heard[ControlDefined | ControlRevised | ControlApproved | ControlImplemented | ControlRetired]],
) -> None:
    news = [
        ControlNews(
            control_id=each.subject,
            code=each.event.code,
            title=each.event.title,
            retired=isinstance(each.event, ControlRetired),
            version=each.version,
            event_id=each.id,
        )
        for each in heard
    ]
    await note_controls(session, news, at=now())


@hears_at_once(ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven)
async def rate_risks_by_the_health_of_their_controls(
    session: AsyncSession,
    heard: Sequence[Heard[ControlFailing | ControlAtRisk | ControlRecovered | ControlProven | ControlUnproven]],
) -> None:
    news = [
        HealthNews(
            control_id=each.subject,
            code=each.event.code,
            title=each.event.title,
            health=each.event.health,
            reasons=each.event.reasons,
            version=each.version,
            event_id=each.id,
        )
        for each in heard
    ]
    await note_health(session, news, at=now())
