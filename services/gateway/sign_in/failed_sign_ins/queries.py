from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.sign_in.failed_sign_ins.models import FailedSignIns
from services.gateway.sign_in.failed_sign_ins.rules import FORGOTTEN_AFTER
from shared.data.base import table_of

_F = table_of(FailedSignIns).c


async def failures_of(session: AsyncSession, origin: str, client: str) -> FailedSignIns | None:
    """The failures in a row of a pair of client and address; None where the last sign-in worked."""
    query = select(FailedSignIns).where(_F.origin == origin, _F.client == client)
    return (await session.scalars(query)).one_or_none()


def organisations_with_old_failures(as_of: datetime) -> Select[tuple[UUID]]:
    """The organisation that all of these rows belong to, where one is old enough to be forgotten."""
    return select(_F.org_id).where(_F.last_at < as_of - FORGOTTEN_AFTER).distinct()
