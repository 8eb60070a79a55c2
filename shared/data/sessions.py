"""Sessions: one transaction a request or message, fenced to one organisation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import cast
from uuid import UUID

import asyncpg
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.util import greenlet_spawn

from shared.clock import now
from shared.data.conclusion import conclude
from shared.data.pool import ReadPool, WritePool
from shared.data.transactions import SET_ORGANISATION, Recompute, TrackingSession, Transaction, transaction_of
from shared.settings import Settings, dsn

_KEPT_IDLE = 2  # of each pool: whoever comes after a while of quiet does not wait for a new one


def organisation_of(session: AsyncSession) -> UUID:
    """The organisation that the session's transaction is fenced to."""
    return transaction_of(session).org_id


def instant_of(session: AsyncSession) -> datetime:
    """When the session's transaction began: the instant at which this service notes what it hears."""
    return transaction_of(session).at


async def act_for(session: AsyncSession, org_id: UUID) -> None:
    """Move an operator's transaction to another organisation, and back: to found it, or to set its limits."""
    await conclude(session)
    transaction = transaction_of(session)
    transaction.org_id = org_id
    transaction.lanes.clear()
    await session.execute(SET_ORGANISATION, {"org_id": str(org_id)})


@asynccontextmanager
async def in_organisation(session: AsyncSession, org_id: UUID) -> AsyncIterator[None]:
    """The transaction is another organisation's meanwhile: what is read, written and announced is that one's.

    Two parties are involved only where a verb says so: when a firm conducts an engagement of its client.
    """
    own = organisation_of(session)
    if own == org_id:
        yield
        return
    await act_for(session, org_id)
    yield
    await act_for(session, own)


async def driver_of(session: AsyncSession) -> asyncpg.Connection:
    """The session's asyncpg connection, inside its transaction, which is concluded first."""
    await conclude(session)
    raw = await (await session.connection()).get_raw_connection()
    return cast("asyncpg.Connection", raw.driver_connection)


class Database:
    """The connections of one service process: writes, reads, those of auditors, and the worker's.

    `recompute` is the service's own.
    """

    def __init__(self, settings: Settings, recompute: Recompute | None = None) -> None:
        self._settings = settings
        self._recompute = recompute
        wait = settings.database_wait_seconds
        self._engine = create_async_engine(
            _sqlalchemy(dsn(settings.database_url)),
            poolclass=WritePool,
            pool_size=settings.database_pool,
            pool_use_lifo=True,
            max_overflow=0,
            pool_timeout=wait,
            connect_args={"timeout": wait, "command_timeout": settings.database_answer_seconds},
            hide_parameters=True,  # an exception's text reaches the log; what people entered does not belong there
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False, sync_session_class=TrackingSession)
        self._worker = create_async_engine(
            _sqlalchemy(dsn(settings.worker_database_url)),
            pool_size=1,
            max_overflow=2,
            pool_timeout=wait,
            connect_args={"timeout": wait, "command_timeout": settings.worker_answer_seconds},
        )
        self.reads = ReadPool(partial(self._reading_connection, settings.database_url), settings.read_pool, wait=wait)
        auditing = partial(self._reading_connection, settings.auditor_database_url)
        self.auditor_reads = ReadPool(auditing, settings.auditor_pool, wait=wait)

    async def close_idle(self) -> None:
        """Close again and again what has not been needed for a while; never returns."""
        while True:
            await asyncio.sleep(self._settings.database_idle_seconds)
            writes = self._engine.pool
            assert isinstance(writes, WritePool)
            await greenlet_spawn(writes.close_unneeded, keep=_KEPT_IDLE)
            await self.reads.close_unneeded(keep=_KEPT_IDLE)
            await self.auditor_reads.close_unneeded(keep=0)

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()
        await self._worker.dispose()
        await self.reads.close()
        await self.auditor_reads.close()

    @asynccontextmanager
    async def transaction(self, org_id: UUID) -> AsyncIterator[AsyncSession]:
        """One transaction for one organisation: committed at the end, rolled back on any exception."""
        async with self._sessions(info={"transaction": Transaction(org_id, now(), self._recompute)}) as session:
            try:
                yield session
                await conclude(session)
                await session.commit()
            except TimeoutError:
                # A server that has not answered would not answer a rollback; it makes one when the connection ends.
                await session.invalidate()
                raise
            except BaseException:
                await session.rollback()
                raise

    @asynccontextmanager
    async def across_organisations(self) -> AsyncIterator[AsyncConnection]:
        """A read-only look over all organisations as the worker role, to find where work is due."""
        async with self._worker.connect() as connection:
            yield connection

    async def _reading_connection(self, address: SecretStr) -> asyncpg.Connection:
        # Planned once, or a list would be planned anew for each limit.
        always = {"plan_cache_mode": "force_generic_plan"}
        return await self._connect(address, always, self._settings.database_answer_seconds)

    async def worker_connection(self) -> asyncpg.Connection:
        """A connection of its own as the worker role, for a loop that leads by advisory lock.

        It takes the head of a queue, by an index. The planner, which hears late how long a queue has become, would take
        it for short, and sort all of it.
        """
        by_index = {"enable_bitmapscan": "off", "enable_seqscan": "off", "enable_sort": "off"}
        return await self._connect(self._settings.worker_database_url, by_index, self._settings.worker_answer_seconds)

    async def _connect(self, address: SecretStr, parameters: dict[str, str], answer: float) -> asyncpg.Connection:
        wait = self._settings.database_wait_seconds
        return await asyncpg.connect(dsn(address), timeout=wait, command_timeout=answer, server_settings=parameters)


def _sqlalchemy(address: str) -> str:
    return address.replace("postgresql://", "postgresql+asyncpg://", 1)
