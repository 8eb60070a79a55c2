"""Counting failed sign-ins and slowing the next ones. All of it in transactions of the platform's organisation."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.sign_in.failed_sign_ins.models import FailedSignIns
from services.gateway.sign_in.failed_sign_ins.queries import failures_of
from services.gateway.sign_in.failed_sign_ins.rules import FORGOTTEN_AFTER, wait_after
from shared.data.base import table_of
from shared.data.sessions import organisation_of

_T = table_of(FailedSignIns)


async def wait_before(session: AsyncSession, *, origin: str, client: str, at: datetime) -> timedelta:
    """How long this pair of client and address has to wait before its next attempt is looked at."""
    row = await failures_of(session, origin, client)
    return timedelta(0) if row is None else wait_after(row.failures, row.last_at, as_of=at)


async def count_failure(session: AsyncSession, *, origin: str, client: str, at: datetime) -> int:
    """Count one more failure of a pair; how many there are in a row."""
    row = insert(_T).values(org_id=organisation_of(session), origin=origin, client=client, failures=1, last_at=at)
    in_a_row = case((_T.c.last_at < at - FORGOTTEN_AFTER, 1), else_=_T.c.failures + 1)
    counted = row.on_conflict_do_update(
        index_elements=["origin", "client"], set_={"failures": in_a_row, "last_at": at}
    ).returning(_T.c.failures)
    return int((await session.execute(counted)).scalar_one())


async def forget_failures(session: AsyncSession, *, origin: str, client: str) -> None:
    """Begin anew after a sign-in that worked; nothing is written where none had failed."""
    if row := await failures_of(session, origin, client):
        await session.delete(row)


async def forget_old_failures(session: AsyncSession, *, as_of: datetime) -> int:
    """Forget pairs that have not failed for a while; how many."""
    gone = await session.execute(delete(_T).where(_T.c.last_at < as_of - FORGOTTEN_AFTER).returning(_T.c.origin))
    return len(gone.all())
