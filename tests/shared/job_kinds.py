"""Kinds of jobs of the tests' own, and a process that does them: `python -m tests.shared.job_kinds`."""

import asyncio
import sys
import uuid
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import now
from shared.data.sessions import organisation_of
from shared.data.tables import inbox
from shared.identity.permissions import P
from shared.jobs.job import Outcome, Step
from shared.jobs.settings import JobSettings
from shared.jobs.work import Concluded, Job, Work
from shared.jobs.worker import JobWorker
from shared.platform import Platform
from shared.problems import Conflict, Fault, Unavailable
from shared.settings import Settings

QUICK = JobSettings(job_lease_seconds=0.6, job_look_seconds=0.05)


class Steps(BaseModel):
    """How many steps there are, and before which one the work waits until it is let go on, if before any."""

    count: int = 3
    hangs_at: int | None = None


class Counted(BaseModel):
    """How many steps were done."""

    done: int


async def mark(session: AsyncSession, job_id: UUID, number: int) -> None:
    """Leave a trace of a step; a second one of the same step would break the table's key."""
    row = {"event_id": uuid.uuid5(job_id, str(number)), "org_id": organisation_of(session), "type": str(job_id)}
    await session.execute(insert(inbox).values(**row, handled_at=now()))


async def marks(session: AsyncSession, job_id: UUID) -> int:
    """How many steps have left a trace."""
    return await session.scalar(select(func.count()).where(inbox.c.type == str(job_id))) or 0


async def _work_in_steps(work: Work[Steps]) -> Concluded:
    count = work.input.count
    for number in range((work.kept or {"next": 0})["next"], count):
        if number == work.input.hangs_at and work.attempt == 1:
            await asyncio.sleep(600)

        async def step(session: AsyncSession, number: int = number) -> Step:
            await mark(session, work.id, number)
            return Step((number + 1) / (count + 1), {"next": number + 1})

        await work.step(step)

    async def last(session: AsyncSession) -> Outcome:
        await mark(session, work.id, count)
        return Outcome(Counted(done=await marks(session, work.id)), location=f"/v1/steps/{work.id}")

    return await work.conclude(last)


async def _refuse(work: Work[Steps]) -> Concluded:
    async def refuse(session: AsyncSession) -> Outcome:
        await mark(session, work.id, 0)
        raise Conflict("It is taken.", faults=[Fault("/rows/2/code", "taken")])

    return await work.conclude(refuse)


async def _wait_for_a_part(work: Work[Steps]) -> Concluded:
    if work.attempt <= work.input.count:
        raise Unavailable("The scanner is away.")

    async def last(_session: AsyncSession) -> Outcome:
        return Outcome(Counted(done=work.attempt))

    return await work.conclude(last)


async def _err(_work: Work[Steps]) -> Concluded:
    raise ZeroDivisionError


async def _count_bytes(work: Work[Steps]) -> Concluded:
    with await work.body() as body:
        size = len(body.read())

    async def last(_session: AsyncSession) -> Outcome:
        return Outcome(Counted(done=size))

    return await work.conclude(last)


def kinds(suffix: str) -> dict[str, Job[Any]]:
    """The kinds by what they do; the suffix keeps apart what the workers of different tests take."""
    works = {
        "steps": _work_in_steps,
        "refused": _refuse,
        "waiting": _wait_for_a_part,
        "wrong": _err,
        "bytes": _count_bytes,
    }
    return {name: Job(f"{name}-{suffix}", Steps, P.CONTROLS_WRITE, work) for name, work in works.items()}


async def _run(suffix: str) -> None:
    platform = Platform.of("controls", Settings())
    await JobWorker(platform, [*kinds(suffix).values()], QUICK).run()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
