"""How a job ends: once, by whoever holds it, in one transaction with what it did last."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.tables import job_inputs, jobs
from shared.data.transactions import Written
from shared.events.catalogue.jobs import FINISHED
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.jobs.job import JobState

_C = jobs.c


async def end(
    session: AsyncSession,
    service: str,
    job_id: UUID,
    kind: str,
    state: JobState,
    *,
    by: Actor,
    at: datetime,
    **how: Any,
) -> None:
    """Bring a job that the transaction has locked to its final state; what it was given is not kept any longer."""
    ended = update(jobs).where(_C.id == job_id).returning(_C.version)
    values = {"state": state, "due_at": None, "kept": None, "updated_at": at, "finished_at": at, **how}
    version = (await session.execute(ended.values(**values, version=_C.version + 1))).scalar_one()
    await session.execute(delete(job_inputs).where(job_inputs.c.job_id == job_id))
    announce(session, FINISHED[service](kind=kind, state=state), about=Written(job_id, version), by=by, at=at)
