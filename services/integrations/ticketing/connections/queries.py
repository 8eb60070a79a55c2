from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.integrations.ticketing.connections.models import ConnectionStatus, TicketConnection, TicketQueue
from services.integrations.ticketing.terms.models import TicketSystem
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import PersonRef, Search, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import is_person, named

_C = table_of(TicketConnection).c
_Q = table_of(TicketQueue).c

_CONNECTION = select(
    _C.id,
    _C.title,
    _C.system,
    _C.base_url,
    _C.project,
    _C.issue_type,
    _C.username,
    _C.labels,
    _C.link_base,
    named(_C.owner_id).label("owner"),
    _C.source_id,
    _C.directions,
    _C.states,
    _C.writes_per_ticket,
    _C.writes_per_minute,
    _C.account,
    _C.status,
    _C.disabled_for,
    json_object(
        rest_until=_Q.rest_until,
        last_tested_at=_Q.last_tested_at,
        last_worked_at=_Q.last_worked_at,
        last_failed_at=_Q.last_failed_at,
        last_code=_Q.last_code,
        last_detail=_Q.last_detail,
    ).label("standing"),
    _C.version,
    _C.created_at,
    _C.updated_at,
).where(_Q.connection_id == _C.id)

connection = One("ticket connection", _CONNECTION, by=_C.id)


class TicketConnectionQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    system: TicketSystem | None = None
    status: ConnectionStatus | None = None
    owner: Annotated[PersonRef | None, Where(lambda person: is_person(_C.owner_id, person))] = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


connections = Listing(_CONNECTION, id=_C.id, query=TicketConnectionQuery)

owned = rows_of(
    id=_C.id, title=_C.title, person=_C.owner_id, where=col(TicketConnection.status) != ConnectionStatus.RETIRED
)


async def queue_of(session: AsyncSession, connection_id: UUID) -> TicketQueue:
    """The queue of a connection, locked; lock the connection before."""
    query = select(TicketQueue).where(_Q.connection_id == connection_id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def count_connections(session: AsyncSession) -> Any:
    """How many connections the organisation has that are not retired."""
    return await session.scalar(select(func.count()).where(_C.status != ConnectionStatus.RETIRED.value))
