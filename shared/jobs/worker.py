"""Doing jobs: each process takes those that are due, oldest first, one at a time of an organisation.

A job is held for the time of a lease, which is renewed while it is worked on. When a process dies, its leases run out
and others take its jobs over, after the last step that was committed.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.data.tables import jobs
from shared.http.problems import document, problem_of
from shared.identity.callers import actor_of
from shared.jobs.job import JobState
from shared.jobs.settings import JobSettings, job_settings
from shared.jobs.work import Job, JobLost, Work
from shared.platform import Platform
from shared.problems import Problem, Unavailable, Unforeseen
from shared.schedule import sweep

MOST_ATTEMPTS = 5
_C = jobs.c
_log = logging.getLogger(__name__)


class JobWorker:
    """Takes and does the jobs of these kinds; `run` never returns."""

    def __init__(self, platform: Platform, kinds: Sequence[Job[Any]], settings: JobSettings | None = None) -> None:
        self._platform = platform
        self._kinds = {job.kind: job for job in kinds}
        self._settings = settings or job_settings()
        self._lease = timedelta(seconds=self._settings.job_lease_seconds)
        self._wake = platform.bell.listener()
        self.in_hand: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        try:
            while True:
                self._wake.clear()
                await self._look()
                # Not `wait_for`, which can lose a cancellation that comes at the moment of the bell.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._settings.job_look_seconds):
                        await self._wake.wait()
        finally:
            for task in self.in_hand.values():
                task.cancel()
            await asyncio.gather(*self.in_hand.values(), return_exceptions=True)

    async def _look(self) -> None:
        """Take what is due. A look that has begun is ended, so that no connection is left half taken."""
        looking = asyncio.create_task(self._take_due())
        try:
            await asyncio.shield(looking)
        except asyncio.CancelledError:
            await asyncio.gather(looking, return_exceptions=True)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the jobs are still there
            _log.warning("jobs are looked for again: %s: %s", type(error).__name__, error)

    async def _take_due(self) -> None:
        free = self._settings.jobs_at_once - len(self.in_hand)
        if free <= 0:
            return
        async with self._platform.database.across_organisations() as look:
            due = (await look.execute(_due(list(self._kinds), now(), free))).all()
        for org_id, job_id in due:
            if job_id not in self.in_hand and (work := await self.take(org_id, job_id)):
                task = self.in_hand[job_id] = asyncio.create_task(self._do(work))
                task.add_done_callback(lambda _, done=job_id: self._done(done))  # type: ignore[misc]

    def _done(self, job_id: UUID) -> None:
        del self.in_hand[job_id]
        self._wake.set()

    async def take(self, org_id: UUID, job_id: UUID) -> Work[Any] | None:
        """The job, held by this process from now on; None when another was faster."""
        async with self._platform.database.transaction(org_id) as session:
            at = now()
            take = update(jobs).where(_C.id == job_id, _C.due_at <= at).returning(*_C)
            values = {"state": JobState.RUNNING, "due_at": at + self._lease, "updated_at": at}
            counted = {"attempt": _C.attempt + 1, "version": _C.version + 1}
            row = (await session.execute(take.values(**values, **counted))).one_or_none()
        if row and row.attempt > 1:
            _log.warning(
                "job %s (%s) of organisation %s is begun again: attempt %s", job_id, row.kind, org_id, row.attempt
            )
        return self._work_of(row) if row else None

    def _work_of(self, row: Row[Any]) -> Work[Any]:
        job = self._kinds[row.kind]
        return Work(
            platform=self._platform,
            job=job,
            org_id=row.org_id,
            id=row.id,
            attempt=row.attempt,
            input=job.input.model_validate(row.input),
            by=actor_of(row.started_by),
            kept=row.kept,
            path=row.path,
            request_id=row.request_id,
        )

    async def _do(self, work: Work[Any]) -> None:
        """Do a job for as long as this process holds it; when the process stops, put it back at once."""
        working = asyncio.create_task(_outcome(work))
        holding = asyncio.create_task(self._hold(work))
        try:
            await asyncio.wait({working, holding}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _cancelled(working)
            with suppress(Exception):  # the lease runs out anyway
                await work.put_back(timedelta())
            raise
        finally:
            await _cancelled(holding)
            await _cancelled(working)

    async def _hold(self, work: Work[Any]) -> None:
        """Renew the lease; ends when it is lost, or may be because the database cannot be asked."""
        ends = now() + self._lease
        while now() < ends:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await work.renew(self._lease)
            except JobLost:
                return
            except Exception as error:  # noqa: BLE001 - tried again while the lease lasts
                _log.warning("the lease of job %s was not renewed: %s", work.id, type(error).__name__)
            else:
                ends = now() + self._lease


async def _outcome(work: Work[Any]) -> None:
    """Do the work, and say what came of it where it did not conclude."""
    try:
        if work.attempt > MOST_ATTEMPTS:
            raise Unforeseen(f"The work was begun {MOST_ATTEMPTS} times, and its process ended each time.")  # noqa: TRY301
        await work.job.work(work)
    except JobLost:
        return
    except Exception as error:  # noqa: BLE001 - answered as the request would have been
        await _not_done(work, problem_of(error))


async def _not_done(work: Work[Any], problem: Problem) -> None:
    try:
        if isinstance(problem, Unavailable) and work.attempt < MOST_ATTEMPTS:
            await work.put_back(timedelta(seconds=2**work.attempt))
        else:
            await work.fail(document(problem, instance=work.path, request_id=work.request_id))
    except JobLost:
        return
    except Exception as error:  # noqa: BLE001 - the lease runs out, and the job is taken again
        _log.warning("what came of job %s was not noted: %s", work.id, type(error).__name__)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _due(kinds: list[str], as_of: datetime, limit: int) -> Select[UUID, UUID]:
    """The oldest unfinished job of each organisation, where it is due."""
    oldest = (
        select(_C.org_id, _C.id, _C.due_at, _C.created_at)
        .ext(distinct_on(_C.org_id))
        .where(_C.due_at.is_not(None), _C.kind.in_(kinds))
        .order_by(_C.org_id, _C.created_at, _C.id)
        .subquery()
    )
    return (
        select(oldest.c.org_id, oldest.c.id).where(oldest.c.due_at <= as_of).order_by(oldest.c.created_at).limit(limit)
    )


def _with_old_jobs(as_of: datetime) -> Select[tuple[UUID]]:
    before = as_of - timedelta(days=job_settings().job_days)
    return select(_C.org_id).where(_C.finished_at <= before).distinct()


@sweep(due=_with_old_jobs)
async def forget_old_jobs(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Forget jobs that finished long ago; the trail keeps that they were started and finished."""
    before = as_of - timedelta(days=job_settings().job_days)
    old = select(_C.id).where(_C.finished_at <= before).order_by(_C.finished_at).limit(limit)
    return len((await session.execute(delete(jobs).where(_C.id.in_(old)).returning(_C.id))).all())
