from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.access.api_clients.models import ApiClient, ClientStatus
from services.gateway.organisations.departures.rules import clients_stop_before
from services.gateway.organisations.members.models import Member, MemberStatus
from services.gateway.people.people.models import Person
from shared.data.base import table_of

_C = table_of(ApiClient).c
_M = table_of(Member).c
_P = table_of(Person).c


async def membership_of(session: AsyncSession, person_id: UUID) -> Member | None:
    """A person's active membership, if they have one."""
    query = select(Member).where(_M.person_id == person_id, _M.status == MemberStatus.ACTIVE)
    return (await session.scalars(query)).one_or_none()


async def clients_of(session: AsyncSession, person_id: UUID) -> list[ApiClient]:
    """The active API clients that a person is responsible for."""
    query = select(ApiClient).where(_C.responsible_id == person_id, _C.status == ClientStatus.ACTIVE)
    return list(await session.scalars(query.order_by(_C.id)))


def _stopping(as_of: datetime) -> Select[tuple[UUID]]:
    return (
        select(_C.id)
        .join(table_of(Person), _P.id == _C.responsible_id)
        .where(_C.status == ClientStatus.ACTIVE, _P.left_on <= clients_stop_before(as_of.date()))
    )


async def clients_to_stop(session: AsyncSession, *, as_of: datetime, limit: int) -> list[UUID]:
    """The active API clients whose responsible person left too long ago."""
    return list(await session.scalars(_stopping(as_of).order_by(_C.id).limit(limit)))


def organisations_with_clients_to_stop(as_of: datetime) -> Select[tuple[UUID]]:
    """Where there are such clients."""
    return _stopping(as_of).with_only_columns(_C.org_id).distinct()
