"""What this service hears of controls and risks, and does about it.

Instants of what happened are those of the events; the record is kept by this service's own clock, so that
`updated_since` misses nothing that is heard late.
"""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.facts.actions import Wording, note_controls, note_health, note_risk
from services.audit.engagements.facts.rules import HealthChange
from services.audit.examination import examine
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
from shared.events.event import Heard, hears_at_once


@hears_at_once(ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired)
async def know_the_controls(
    session: AsyncSession,
    heard: Sequence[Heard[ControlDefined | ControlRevised | ControlApproved | ControlImplemented | ControlRetired]],
) -> None:
    wordings = [Wording(each.subject, each.event.code, each.event.title, each.version) for each in heard]
    await note_controls(session, wordings)


@hears_at_once(ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven)
async def keep_exceptions_in_step_with_health(
    session: AsyncSession,
    heard: Sequence[Heard[ControlFailing | ControlAtRisk | ControlRecovered | ControlProven | ControlUnproven]],
) -> None:
    changes: dict[UUID, list[HealthChange]] = defaultdict(list)
    for each in heard:
        change = HealthChange(
            version=each.version,
            code=each.event.code,
            title=each.event.title,
            health=each.event.health,
            before=each.event.before,
            reasons=tuple(each.event.reasons),
            at=each.occurred_at,
        )
        changes[each.subject].append(change)
    await one_at_a_time(session, *changes)
    await note_health(session, changes)
    await examine(session, changes, at=now(), causes={each.subject: each.id for each in heard})


@hears_at_once(RiskExceededAppetite, RiskBackWithinAppetite)
async def note_risks_above_appetite(
    session: AsyncSession, heard: Sequence[Heard[RiskExceededAppetite | RiskBackWithinAppetite]]
) -> None:
    causes = {control_id: each.id for each in heard for control_id in each.event.controls}
    await one_at_a_time(session, *causes)
    for each in heard:
        await note_risk(
            session,
            each.subject,
            controls=each.event.controls,
            title=each.event.title,
            residual=each.event.residual,
            above=isinstance(each.event, RiskExceededAppetite),
            version=each.version,
            at=each.occurred_at,
        )
    await examine(session, causes, at=now(), causes=causes)
