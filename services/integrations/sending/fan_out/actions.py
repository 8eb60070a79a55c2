"""The verb of fan-out, in the transaction in which the events are heard."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.fan_out.queries import Receiver, receivers, wake
from services.integrations.sending.messages.models import Message
from services.integrations.sending.messages.rules import body_of, matches, told
from services.integrations.sending.webhook_deliveries.models import WebhookDelivery
from shared.events.event import Event, Heard
from shared.events.readers import readers_of


async def fan_out(session: AsyncSession, heard: Sequence[Heard[Event]], *, at: datetime) -> None:
    """Record a delivery of each event for each endpoint that wants it and may have it. Nothing is sent here."""
    found = await receivers(session)
    if not found:
        return
    due: set[UUID] = set()
    for event in heard:
        due |= _deliver(session, event, found, at=at)
    await wake(session, due, at=at)


def _deliver(session: AsyncSession, heard: Heard[Event], found: Sequence[Receiver], *, at: datetime) -> set[UUID]:
    kind, readers = heard.event.name, readers_of(type(heard.event))
    if readers is None:
        return set()
    wanting = [each for each in found if kind in each.types and each.may_have(readers.permission, at)]
    if not wanting:
        return set()
    data = told(heard.event)
    wanting = [each for each in wanting if matches(each.conditions, heard.subject, data)]
    if wanting:
        session.add(
            Message(
                id=heard.id,
                org_id=heard.org_id,
                type=kind,
                permission=readers.permission,
                body=body_of(heard, data),
                heard_at=at,
            )
        )
    for receiver in wanting:
        session.add(
            WebhookDelivery(
                org_id=heard.org_id,
                endpoint_id=receiver.id,
                message_id=heard.id,
                type=kind,
                subject=heard.subject,
                subject_version=heard.version,
                occurred_at=heard.occurred_at,
                is_test=False,
                due_at=at,
                created_at=at,
                updated_at=at,
            )
        )
    return {each.id for each in wanting}
