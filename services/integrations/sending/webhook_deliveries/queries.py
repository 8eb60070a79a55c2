from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, Uuid, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.messages.models import Message
from services.integrations.sending.webhook_deliveries.models import Attempt, WebhookDelivery, WebhookState
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_D = table_of(WebhookDelivery).c
_A = table_of(Attempt).c
_M = table_of(Message).c

_DELIVERY = select(
    _D.id,
    _D.endpoint_id,
    _D.message_id,
    _D.type,
    _D.subject,
    _D.subject_version,
    _D.occurred_at,
    _D.is_test,
    _D.state,
    _D.attempts,
    _D.due_at,
    _D.last_status,
    _D.last_code,
    _D.delivered_at,
    _D.version,
    _D.created_at,
    _D.updated_at,
)

webhook_delivery = One("delivery", _DELIVERY, by=_D.id)
webhook_message = One(
    "delivery",
    select(_D.id, func.convert_from(_M.body, "UTF8").label("body"), _D.version).where(
        _M.id == _D.message_id, _M.type == _D.type
    ),
    by=_D.id,
)


class WebhookDeliveryQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    endpoint_id: UUID | None = None
    state: WebhookState | None = None
    type: str | None = Field(default=None, max_length=200)
    message_id: UUID | None = None
    subject: UUID | None = None
    updated_since: UpdatedSince = None


webhook_deliveries = Listing(_DELIVERY, id=_D.id, query=WebhookDeliveryQuery)


class WebhookAttemptQuery(ListQuery):
    sort: Literal["started_at", "-started_at"] = "-started_at"


webhook_attempts = Listing(
    select(
        _A.id, _A.number, _A.started_at, _A.milliseconds, _A.status, _A.code, _A.excerpt, _A.signed, _A.retry_at
    ).where(_A.delivery_id == bindparam("delivery_id", type_=Uuid())),
    id=_A.id,
    query=WebhookAttemptQuery,
)


def older_than(before: datetime) -> Select[UUID]:
    """The organisations that have messages heard before an instant."""
    return select(_M.org_id).where(_M.heard_at < before).distinct()


async def forget(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete messages heard before an instant with their deliveries and attempts, the oldest first, up to `limit`."""
    old = select(_M.id).where(_M.heard_at < before).order_by(_M.heard_at).limit(limit)
    messages = list(await session.scalars(old))
    deliveries = list(await session.scalars(select(_D.id).where(among(_D.message_id, messages))))
    await session.execute(delete(table_of(Attempt)).where(among(_A.delivery_id, deliveries)))
    await session.execute(delete(table_of(WebhookDelivery)).where(among(_D.id, deliveries)))
    await session.execute(delete(table_of(Message)).where(among(_M.id, messages)))
    return len(messages)
