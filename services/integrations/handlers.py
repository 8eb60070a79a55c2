"""What this service hears: every event there is, for endpoints, and those that tickets are kept in step with."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.fan_out import actions
from services.integrations.ticketing.subjects.actions import SUBJECTS
from services.integrations.ticketing.ticket_rules.actions import matching, open_by_rules
from services.integrations.ticketing.tickets.queries import wake_subjects
from services.integrations.ticketing.work.actions import look_at_reported
from shared.data.sessions import instant_of
from shared.events import catalogue  # noqa: F401 - it has to be whole before its events are listed
from shared.events.catalogue.facts import TicketChanged
from shared.events.event import CATALOGUE, Event, Heard, hears_in_batches


@hears_in_batches(*CATALOGUE.values())
async def fan_out_to_endpoints(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    await actions.fan_out(session, heard, at=instant_of(session))


@hears_in_batches(*SUBJECTS.events)
async def keep_tickets_in_step(session: AsyncSession, heard: Sequence[Heard[Event]]) -> None:
    """Keep what is known of what tickets are about, open those that rules ask for, and have others worked on."""
    found = await matching(session, heard)
    news = await SUBJECTS.note(session, heard)
    await open_by_rules(session, found, at=instant_of(session))
    await wake_subjects(session, {each.heard.subject for each in news}, at=instant_of(session))


@hears_in_batches(TicketChanged)
async def look_at_changed_tickets(session: AsyncSession, heard: Sequence[Heard[TicketChanged]]) -> None:
    """Have a ticket looked at that its system reported as changed; the report itself may be older than that."""
    await look_at_reported(session, [event.subject for event in heard], at=instant_of(session))
