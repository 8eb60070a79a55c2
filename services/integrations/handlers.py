"""What this service hears: every event there is, for the endpoints that want it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.fan_out import actions
from shared.data.sessions import instant_of
from shared.events import catalogue  # noqa: F401 - it has to be whole before its events are listed
from shared.events.event import CATALOGUE, Event, Heard, hears_in_batches


@hears_in_batches(*CATALOGUE.values())
async def fan_out_to_endpoints(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await actions.fan_out(session, heard, at=instant_of(session))
