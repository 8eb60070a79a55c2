"""What a kind of job is, and what its function is handed: its input, and the ways to do something once.

A step is one transaction with what it did and how far the job is. Before it commits it checks that this worker still
holds the job: a worker that was taken for dead, or whose job was cancelled, changes nothing any more.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.data.conclusion import conclude
from shared.data.sessions import instant_of
from shared.data.tables import job_inputs, jobs
from shared.data.transactions import has_announced
from shared.http.doors import once_news_has_come
from shared.identity.callers import SYSTEM, Actor
from shared.identity.permissions import Permission
from shared.jobs.ending import end
from shared.jobs.job import JobState, Outcome, Step
from shared.platform import Platform

I = TypeVar("I", bound=BaseModel)  # noqa: E741 - the input
T = TypeVar("T")

_C = jobs.c
_IN_MEMORY = 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class Job(Generic[I]):
    """A kind of job, under a name that says which request it stands for.

    `work` runs outside any transaction and may run again from the beginning, in another process, after the last step
    that was committed: what it does is done in `Work.step` and at last in `Work.conclude`. It answers by problems, as
    the request would have. `permission` is that of the operation that starts it, and lets its jobs be seen and
    cancelled.
    """

    kind: str
    input: type[I]
    permission: Permission
    work: Callable[["Work[I]"], Awaitable["Concluded"]]


class JobLost(Exception):  # noqa: N818 - no error: another has the job, or nobody wants it any longer
    """The job was cancelled, or another worker has taken it over: nothing more is to be done here."""


@dataclass(frozen=True, slots=True)
class Concluded:
    """That a job has come to its conclusion: `Work.conclude` makes it, so that no work ends without one."""


@dataclass(frozen=True, slots=True)
class Work(Generic[I]):
    """One run of a job. `kept` is what its last step kept, None before the first; `by` is who started it."""

    platform: Platform
    job: Job[I]
    org_id: UUID
    id: UUID
    attempt: int
    input: I
    by: Actor
    kept: Mapping[str, Any] | None
    path: str
    request_id: str

    async def body(self) -> IO[bytes]:
        """The bytes that the request came with, from their beginning; on disk once they are more than a megabyte."""
        spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
        part: bytes | None
        number = 0
        stored = job_inputs.c
        while True:
            async with self.platform.database.transaction(self.org_id) as session:
                where = (stored.job_id == self.id, stored.number == number)
                part = await session.scalar(select(stored.content).where(*where))
            if part is None:
                spool.seek(0)
                return spool
            spool.write(part)
            number += 1

    async def note(self, progress: float) -> None:
        """Show how far the job is, where that is not the end of a step."""
        async with self.platform.database.transaction(self.org_id) as session:
            await self._hold(session, progress=progress, version=_C.version + 1, updated_at=instant_of(session))

    async def step(self, verb: Callable[[AsyncSession], Awaitable[Step]]) -> None:
        """Run a verb as one transaction, with how far the job is afterwards. `JobLost` undoes it."""

        async def run(session: AsyncSession) -> None:
            done = await verb(session)
            await conclude(session)
            values = {"progress": done.progress, "kept": dict(done.kept)}
            await self._hold(session, **values, version=_C.version + 1, updated_at=instant_of(session))

        await self._transact(run)

    async def conclude(self, verb: Callable[[AsyncSession], Awaitable[Outcome]]) -> Concluded:
        """Run the last verb as one transaction with the job's success. `JobLost` undoes it."""

        async def run(session: AsyncSession) -> None:
            outcome = await verb(session)
            await conclude(session)  # as a request does it: what is recomputed is written only then
            await self._hold(session)
            result = outcome.result.model_dump(mode="json") if outcome.result else None
            how = {"progress": 1.0, "result": result, "location": outcome.location}
            await self.end(session, JobState.SUCCEEDED, **how)

        await self._transact(run)
        return Concluded()

    async def fail(self, problem: Mapping[str, Any]) -> None:
        """End the job with a problem, as the request would have been answered."""

        async def run(session: AsyncSession) -> None:
            await self._hold(session)
            await self.end(session, JobState.FAILED, problem=problem)

        await self._transact(run)

    async def renew(self, lease: timedelta) -> None:
        """Hold the job for another while."""
        async with self.platform.database.transaction(self.org_id) as session:
            await self._hold(session, due_at=now() + lease)

    async def put_back(self, wait: timedelta) -> None:
        """Let any worker take the job, after a wait."""
        async with self.platform.database.transaction(self.org_id) as session:
            at = instant_of(session)
            values = {"state": JobState.QUEUED, "due_at": at + wait, "updated_at": at}
            await self._hold(session, **values, version=_C.version + 1)

    async def end(self, session: AsyncSession, state: JobState, **how: Any) -> None:
        service, at = self.platform.name, instant_of(session)
        await end(session, service, self.id, self.job.kind, state, by=SYSTEM, at=at, **how)

    async def _transact(self, run: Callable[[AsyncSession], Awaitable[None]]) -> None:
        async def once() -> bool:
            async with self.platform.database.transaction(self.org_id) as session:
                await run(session)
            return has_announced(session)

        if await once_news_has_come(once):
            self.platform.bell.ring()

    async def _hold(self, session: AsyncSession, **values: Any) -> None:
        """Lock the job's row and change it; `JobLost` when this run does not hold it."""
        mine = (_C.id == self.id, _C.state == JobState.RUNNING, _C.attempt == self.attempt)
        held = update(jobs).where(*mine).values(**values or {"attempt": self.attempt}).returning(_C.id)
        if await session.scalar(held) is None:
            raise JobLost
