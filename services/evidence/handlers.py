"""What this service hears of controls and engagements, and does about it."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.engagements.actions import note_engagement
from services.evidence.expectations.actions import withdraw_all_of_control
from shared.events.catalogue.audit import AboutEngagement, EngagementMoved, EngagementPlanned, EngagementRevised
from shared.events.catalogue.controls import ControlRetired
from shared.events.event import Heard, hears
from shared.identity.callers import SYSTEM


@hears(ControlRetired)
async def stop_asking_for_evidence_of_a_retired_control(session: AsyncSession, heard: Heard[ControlRetired]) -> None:
    await withdraw_all_of_control(
        session,
        heard.subject,
        reason=f"The control {heard.event.code} was retired.",
        by=SYSTEM,
        at=heard.occurred_at,
    )


@hears(EngagementPlanned, EngagementRevised, EngagementMoved)
async def know_what_an_engagement_examines(session: AsyncSession, heard: Heard[AboutEngagement]) -> None:
    await note_engagement(session, heard.subject, told=heard.event, version=heard.version, at=heard.occurred_at)
