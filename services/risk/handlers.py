"""What this service hears of controls and engagements, and does about it.

A rating is found when its news is heard, not when it happened: who syncs by `updated_since` would miss it otherwise.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.register.known_controls.actions import CONTROLS
from services.risk.register.known_engagements.actions import ENGAGEMENTS
from services.risk.register.ratings.actions import note_controls
from shared.events.catalogue.controls import AboutControl
from shared.events.event import Event, Heard, hears_in_batches


@hears_in_batches(*CONTROLS.events)
async def rate_risks_by_their_controls(session: AsyncSession, heard: Sequence[Heard[AboutControl]]) -> None:
    await note_controls(session, heard)


@hears_in_batches(*ENGAGEMENTS.events)
async def know_engagements(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await ENGAGEMENTS.note(session, heard)
