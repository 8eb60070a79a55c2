"""Jobs: done once whatever happens to the worker, seen while they are done, and answered as the request would be."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.local.services import ROOT
from deploy.local.stack import Stack
from shared.clock import new_id, now
from shared.data.tables import events, job_inputs, jobs
from shared.identity.callers import SYSTEM
from shared.jobs.ending import end
from shared.jobs.job import JobState, Step
from shared.jobs.work import Job, JobLost
from shared.jobs.worker import MOST_ATTEMPTS, JobWorker, forget_old_jobs
from shared.platform import Platform
from tests.shared.job_kinds import QUICK, Steps, kinds, mark, marks
from tests.support import acting, eventually, settings_of

BY = acting("someone")


@pytest.fixture
async def platform(stack: Stack) -> AsyncIterator[Platform]:
    """As the controls service is connected, without its kinds of jobs."""
    opened = Platform.of("controls", settings_of(stack, "controls"))
    yield opened
    await opened.close()


@pytest.fixture
def named() -> dict[str, Job[Any]]:
    return kinds(uuid.uuid4().hex)


@pytest.fixture
def org_id() -> UUID:
    return uuid.uuid4()


@asynccontextmanager
async def working(platform: Platform, named: dict[str, Job[Any]]) -> AsyncIterator[JobWorker]:
    worker = JobWorker(platform, [*named.values()], QUICK)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def queued(platform: Platform, org_id: UUID, job: Job[Any], body: bytes = b"", **given: Any) -> UUID:
    """A job as `start` would leave it."""
    key, at = new_id(), now()
    row = {"id": key, "org_id": org_id, "kind": job.kind, "input": Steps(**given).model_dump(), "path": "/v1/steps"}
    more = {"request_id": "r-1", "started_by": BY.recorded, "state": JobState.QUEUED, "progress": 0.0, "attempt": 0}
    times = {"due_at": at, "version": 1, "created_at": at, "updated_at": at}
    async with platform.database.transaction(org_id) as session:
        await session.execute(insert(jobs).values(**row, **more, **times))
        for number in range(0, len(body), 10):
            part = {"org_id": org_id, "job_id": key, "number": number // 10, "content": body[number : number + 10]}
            await session.execute(insert(job_inputs).values(part))
    platform.bell.ring()
    return key


async def seen(platform: Platform, org_id: UUID, key: UUID) -> Any:
    async with platform.database.transaction(org_id) as session:
        return (await session.execute(select(jobs).where(jobs.c.id == key))).one()


async def once(
    platform: Platform, org_id: UUID, key: UUID, holds: Callable[[Any], bool] = lambda job: bool(job.finished_at)
) -> Any:
    """The job when something holds of it; when it has finished unless said otherwise."""

    async def look() -> Any:
        job = await seen(platform, org_id, key)
        return job if holds(job) else None

    return await eventually(look, every=0.05)


async def done(platform: Platform, org_id: UUID, key: UUID) -> int:
    async with platform.database.transaction(org_id) as session:
        return await marks(session, key)


async def test_a_job_is_done_step_by_step(platform: Platform, named: dict[str, Job[Any]], org_id: UUID) -> None:
    key = await queued(platform, org_id, named["steps"])
    async with working(platform, named):
        job = await once(platform, org_id, key)
    assert (job.state, job.progress, job.result, job.location) == ("succeeded", 1, {"done": 4}, f"/v1/steps/{key}")
    assert (job.problem, job.due_at, job.kept, job.attempt) == (None, None, None, 1)
    assert await done(platform, org_id, key) == 4
    async with platform.database.transaction(org_id) as session:
        told = (await session.execute(select(events).where(events.c.subject == key))).one()
    assert (told.type, told.data["state"], told.version) == ("controls.job.finished", "succeeded", job.version)


async def test_what_a_killed_worker_has_done_is_not_done_again(
    stack: Stack, platform: Platform, named: dict[str, Job[Any]], org_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    key = await queued(platform, org_id, named["steps"], hangs_at=2)
    suffix = named["steps"].kind.partition("-")[2]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.shared.job_kinds", suffix),
        cwd=ROOT,
        env=os.environ | stack.environment("controls"),
    )
    half = await once(platform, org_id, key, lambda job: job.kept == {"next": 2})
    assert (half.state, half.progress) == ("running", 0.5)
    await asyncio.sleep(2 * QUICK.job_lease_seconds)
    async with working(platform, named):
        await asyncio.sleep(2 * QUICK.job_lease_seconds)
        still = await seen(platform, org_id, key)
        assert (still.state, still.attempt) == ("running", 1), "its worker lives, and renews the lease"
        process.kill()
        await process.wait()
        job = await once(platform, org_id, key)
    assert (job.state, job.attempt, job.result) == ("succeeded", 2, {"done": 4})
    assert f"job {key} ({job.kind}) of organisation {org_id} is begun again: attempt 2" in caplog.text
    assert await done(platform, org_id, key) == 4


async def test_a_worker_that_stops_puts_its_job_back_at_once(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID
) -> None:
    key = await queued(platform, org_id, named["steps"], hangs_at=1)
    async with working(platform, named):
        await once(platform, org_id, key, lambda job: job.kept == {"next": 1})
    left = await seen(platform, org_id, key)
    assert (left.state, left.progress, left.due_at <= now()) == ("queued", 0.25, True)
    async with working(platform, named):
        job = await once(platform, org_id, key)
    assert (job.state, job.result) == ("succeeded", {"done": 4})


async def test_a_worker_that_was_taken_for_dead_changes_nothing(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID
) -> None:
    key = await queued(platform, org_id, named["steps"])
    worker = JobWorker(platform, [*named.values()], QUICK)
    slow = await worker.take(org_id, key)
    assert slow is not None
    assert await worker.take(org_id, key) is None, "it is held"
    await asyncio.sleep(1.5 * QUICK.job_lease_seconds)
    async with working(platform, named):
        job = await once(platform, org_id, key)

    async def late(session: AsyncSession) -> Step:
        await mark(session, key, 99)
        return Step(0.1, {"next": 0})

    with pytest.raises(JobLost):
        await slow.step(late)
    with pytest.raises(JobLost):
        await slow.note(0.1)
    assert await seen(platform, org_id, key) == job
    assert await done(platform, org_id, key) == 4


async def test_failing_work_gives_the_problem_of_the_request(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID
) -> None:
    key = await queued(platform, org_id, named["refused"])
    async with working(platform, named):
        job = await once(platform, org_id, key)
    assert (job.state, job.result, job.attempt) == ("failed", None, 1)
    assert job.problem == {
        "type": "/problems/conflict",
        "title": "The resource's state does not allow this",
        "status": 409,
        "detail": "It is taken.",
        "instance": "/v1/steps",
        "request_id": "r-1",
        "errors": [{"pointer": "/rows/2/code", "detail": "taken"}],
    }
    assert await done(platform, org_id, key) == 0


async def test_an_error_of_ours_is_told_and_logged(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    key = await queued(platform, org_id, named["wrong"])
    async with working(platform, named):
        job = await once(platform, org_id, key)
    assert (job.state, job.problem["type"], job.problem["status"]) == ("failed", "/problems/unforeseen", 500)
    assert "ZeroDivisionError" in caplog.text


async def test_work_waits_for_a_part_that_is_away(platform: Platform, named: dict[str, Job[Any]], org_id: UUID) -> None:
    key = await queued(platform, org_id, named["waiting"], count=1)
    async with working(platform, named):
        waits = await once(platform, org_id, key, lambda job: job.attempt == 1 and job.state == "queued")
        assert waits.due_at > now()
        job = await once(platform, org_id, key)
    assert (job.state, job.result) == ("succeeded", {"done": 2})


@pytest.mark.parametrize(("name", "slug"), [("waiting", "unavailable"), ("steps", "unforeseen")])
async def test_work_is_not_begun_for_ever(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID, name: str, slug: str
) -> None:
    """Neither when a part stays away, nor when every process that tries ends."""
    key = await queued(platform, org_id, named[name], count=MOST_ATTEMPTS)
    tried = MOST_ATTEMPTS - (name == "waiting")
    async with platform.database.transaction(org_id) as session:
        await session.execute(update(jobs).where(jobs.c.id == key).values(attempt=tried))
    async with working(platform, named):
        job = await once(platform, org_id, key)
    assert (job.state, job.problem["type"]) == ("failed", f"/problems/{slug}")
    assert await done(platform, org_id, key) == 0


async def test_a_cancelled_job_stops_and_keeps_its_steps(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID
) -> None:
    key = await queued(platform, org_id, named["steps"], hangs_at=1)
    async with working(platform, named) as worker:
        await once(platform, org_id, key, lambda job: job.kept == {"next": 1})
        async with platform.database.transaction(org_id) as session:
            await end(session, "controls", key, named["steps"].kind, JobState.CANCELLED, by=BY, at=now())
        job = await seen(platform, org_id, key)

        async def idle() -> bool | None:
            return not worker.in_hand or None

        await eventually(idle, every=0.05)
    assert await seen(platform, org_id, key) == job
    assert (job.state, job.progress) == ("cancelled", 0.25)
    assert await done(platform, org_id, key) == 1


async def test_jobs_of_an_organisation_are_done_in_order_and_those_of_others_meanwhile(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID
) -> None:
    first = await queued(platform, org_id, named["steps"], hangs_at=0)
    second, other = await queued(platform, org_id, named["steps"]), uuid.uuid4()
    of_another = await queued(platform, other, named["steps"])
    async with working(platform, named):
        await once(platform, other, of_another)
        assert (await seen(platform, org_id, first)).state == "running"
        assert (await seen(platform, org_id, second)).state == "queued"
    async with working(platform, named):
        await once(platform, org_id, second)
    ends = [(await seen(platform, org_id, key)).finished_at for key in (first, second)]
    assert ends == sorted(ends)


async def test_the_bytes_of_the_request_are_there_until_the_end(
    platform: Platform, named: dict[str, Job[Any]], org_id: UUID
) -> None:
    key = await queued(platform, org_id, named["bytes"], body=b"x" * 25)
    async with working(platform, named):
        job = await once(platform, org_id, key)
    assert job.result == {"done": 25}
    async with platform.database.transaction(org_id) as session:
        assert await session.scalar(select(func.count()).where(job_inputs.c.job_id == key)) == 0


async def test_old_jobs_are_forgotten(platform: Platform, named: dict[str, Job[Any]], org_id: UUID) -> None:
    old = await queued(platform, org_id, named["steps"])
    new = await queued(platform, org_id, named["steps"])
    waits = await queued(platform, org_id, named["steps"])
    async with platform.database.transaction(org_id) as session:
        for key, age in ((old, 31), (new, 29)):
            ended = now() - timedelta(days=age)
            await end(session, "controls", key, "steps", JobState.SUCCEEDED, by=SYSTEM, at=ended)
    async with platform.database.across_organisations() as look:
        assert org_id in set(await look.scalars(forget_old_jobs.due(now())))
    async with platform.database.transaction(org_id) as session:
        assert await forget_old_jobs.run(session, as_of=now(), limit=10) == 1
        assert set(await session.scalars(select(jobs.c.id))) == {new, waits}
