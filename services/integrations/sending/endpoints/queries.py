from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.integrations.sending.endpoints.models import Endpoint, EndpointStatus
from services.integrations.sending.webhook_deliveries.models import Queue, WebhookDelivery, WebhookState
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_E = table_of(Endpoint).c
_D = table_of(WebhookDelivery).c
_Q = table_of(Queue).c


def _deliveries(*conditions: Any) -> Any:
    return select(func.count()).where(_D.endpoint_id == _E.id, *conditions).scalar_subquery()


_ENDPOINT = select(
    _E.id,
    _E.title,
    _E.url,
    named(_E.owner_id).label("owner"),
    _E.types,
    _E.conditions,
    _E.ordered,
    _E.rate,
    _E.concurrency,
    _E.status,
    _E.disabled_for,
    json_object(
        waiting=_deliveries(_D.due_at.is_not(None)),
        failed=_deliveries(_D.state == WebhookState.FAILED.value),
        failing_since=_Q.failing_since,
        breaker_until=_Q.breaker_until,
        throttled_until=_Q.throttled_until,
        last_delivered_at=_Q.last_delivered_at,
        last_failed_at=_Q.last_failed_at,
    ).label("standing"),
    _E.version,
    _E.created_at,
    _E.updated_at,
).where(_Q.endpoint_id == _E.id)

endpoint = One("endpoint", _ENDPOINT, by=_E.id)


class EndpointQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    status: EndpointStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_E.owner_id, person))] = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


endpoints = Listing(_ENDPOINT, id=_E.id, query=EndpointQuery)

owned = rows_of(id=_E.id, title=_E.title, person=_E.owner_id, where=col(Endpoint.status) != EndpointStatus.RETIRED)


async def queue_of(session: AsyncSession, endpoint_id: UUID) -> Queue:
    """The queue of an endpoint, locked; lock the endpoint before."""
    query = select(Queue).where(_Q.endpoint_id == endpoint_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()
