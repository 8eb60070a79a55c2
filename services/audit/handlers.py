"""What this service hears of controls and risks, and does about it.

Instants of what happened are those of the events; the record is kept by this service's own clock, so that
`updated_since` misses nothing that is heard late.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.examination import examine
from services.audit.facts.actions import note_control, note_health, note_risk
from services.audit.facts.rules import HealthChange
from shared.clock import now
from shared.data.records import one_at_a_time
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
from shared.events.catalogue.risk import RiskBackWithinAppetite, RiskExceededAppetite
from shared.events.event import Heard, hears


@hears(ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired)
async def know_the_controls(
    session: AsyncSession,
    heard: Heard[ControlDefined | ControlRevised | ControlApproved | ControlImplemented | ControlRetired],
) -> None:
    await note_control(session, heard.subject, code=heard.event.code, title=heard.event.title, version=heard.version)


@hears(ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven)
async def keep_exceptions_in_step_with_health(
    session: AsyncSession,
    heard: Heard[ControlFailing | ControlAtRisk | ControlRecovered | ControlProven | ControlUnproven],
) -> None:
    change = HealthChange(
        version=heard.version,
        code=heard.event.code,
        title=heard.event.title,
        health=heard.event.health,
        before=heard.event.before,
        reasons=tuple(heard.event.reasons),
        at=heard.occurred_at,
    )
    await one_at_a_time(session, heard.subject)
    await note_health(session, heard.subject, change=change)
    await examine(session, [heard.subject], at=now())


@hears(RiskExceededAppetite, RiskBackWithinAppetite)
async def note_risks_above_appetite(
    session: AsyncSession, heard: Heard[RiskExceededAppetite | RiskBackWithinAppetite]
) -> None:
    controls = sorted(set(heard.event.controls))
    await one_at_a_time(session, *controls)
    await note_risk(
        session,
        heard.subject,
        controls=controls,
        title=heard.event.title,
        residual=heard.event.residual,
        above=isinstance(heard.event, RiskExceededAppetite),
        version=heard.version,
        at=heard.occurred_at,
    )
    await examine(session, controls, at=now())
