"""What this service hears of controls, and does about it.

A rating is found when its news is heard, not when it happened: who syncs by `updated_since` would miss it otherwise.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.known_controls.actions import note_control, note_health
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
from shared.events.event import Heard, hears


@hears(ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired)
async def know_the_controls(
    session: AsyncSession,
    heard: Heard[ControlDefined | ControlRevised | ControlApproved | ControlImplemented | ControlRetired],
) -> None:
    await note_control(
        session,
        control_id=heard.subject,
        org_id=heard.org_id,
        code=heard.event.code,
        title=heard.event.title,
        retired=isinstance(heard.event, ControlRetired),
        version=heard.version,
        at=now(),
    )


@hears(ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven)
async def rate_risks_by_the_health_of_their_controls(
    session: AsyncSession,
    heard: Heard[ControlFailing | ControlAtRisk | ControlRecovered | ControlProven | ControlUnproven],
) -> None:
    await note_health(
        session,
        control_id=heard.subject,
        org_id=heard.org_id,
        code=heard.event.code,
        title=heard.event.title,
        health=heard.event.health,
        reasons=heard.event.reasons,
        version=heard.version,
        at=now(),
    )
