from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.sending.endpoints.models import Endpoint, EndpointStatus
from services.integrations.sending.messages.rules import wanted_types
from shared.data.base import table_of
from shared.identity.permissions import Permission
from shared.people.references import KnownPerson, people_with_ids

_E = table_of(Endpoint).c
_RECEIVING = select(_E.id, _E.owner_id, _E.types, _E.conditions, _E.may_read).where(
    _E.status != EndpointStatus.RETIRED.value
)
# In the order of ids, so that two transactions never wait for each other.
_WAKE = text("""
    update webhook_queues set due_at = least(due_at, :at)
    where endpoint_id in (
        select endpoint_id from webhook_queues where endpoint_id = any(:endpoints) order by endpoint_id for update
    )
""")


@dataclass(frozen=True, slots=True)
class Receiver:
    """An endpoint, as fan-out needs it: what it wants, and what it and its owner may read."""

    id: UUID
    types: frozenset[str]
    conditions: Sequence[Mapping[str, Any]]
    may_read: Collection[str]
    owner: KnownPerson | None

    def may_have(self, permission: Permission, at: datetime) -> bool:
        """Whether both who set it up and its owner may read what needs this permission; nobody who has left may."""
        owner = self.owner
        return permission in self.may_read and owner is not None and owner.is_there and owner.may(permission, at)


async def receivers(session: AsyncSession, *, among: Collection[UUID] | None = None) -> list[Receiver]:
    """The organisation's endpoints that are not retired; of some of them, `among`."""
    query = _RECEIVING if among is None else _RECEIVING.where(_E.id.in_(among))
    rows = (await session.execute(query)).all()
    people = await people_with_ids(session, sorted({row.owner_id for row in rows})) if rows else {}
    return [
        Receiver(row.id, wanted_types(row.types), row.conditions, row.may_read, people.get(row.owner_id))
        for row in rows
    ]


async def wake(session: AsyncSession, endpoint_ids: Collection[UUID], *, at: datetime) -> None:
    """Say that something is due for these endpoints."""
    if endpoint_ids:
        await session.execute(_WAKE, {"endpoints": list(endpoint_ids), "at": at})
