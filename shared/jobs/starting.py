"""Starting a job in the place of answering a request: 202, with the job and where it is (RFC 7240)."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Annotated, TypeVar
from uuid import UUID

from fastapi import Header, Response
from pydantic import BaseModel
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import new_id
from shared.data.sessions import organisation_of
from shared.data.tables import job_inputs, jobs
from shared.data.transactions import Written
from shared.events.catalogue.jobs import STARTED
from shared.events.trail import announce
from shared.http.doors import Writer
from shared.identity.callers import Actor
from shared.jobs.job import PART_BYTES, JobState
from shared.jobs.routes import ONE, base_of
from shared.jobs.work import Job
from shared.problems import Conflict

I = TypeVar("I", bound=BaseModel)  # noqa: E741 - the input

MOST_UNFINISHED = 20  # of an organisation in one service
_C = jobs.c

Prefer = Annotated[
    str | None,
    Header(
        max_length=200,
        examples=["respond-async"],
        description="`respond-async` (RFC 7240): answer 202 with a job at once instead of waiting for the result",
    ),
]


class TooManyJobs(Conflict):
    """Too many jobs of the organisation are unfinished."""


def prefers_a_job(prefer: str | None) -> bool:
    """Whether a Prefer header asks to be answered before the work is done."""
    return any(each.partition(";")[0].strip().lower() == "respond-async" for each in (prefer or "").split(","))


async def start(write: Writer, job: Job[I], given: I, body: IO[bytes] | None = None) -> Response:
    """Queue a job with its input, and the bytes that came with the request; answer 202. `TooManyJobs`."""
    session, service = write.session, write.platform.name
    if (await session.scalar(select(func.count()).where(_C.due_at.is_not(None))) or 0) >= MOST_UNFINISHED:
        raise TooManyJobs(f"{MOST_UNFINISHED} jobs of the organisation are unfinished.", headers={"Retry-After": "10"})
    key = await begin(
        session,
        service,
        job,
        given,
        path=write.path,
        request_id=write.request_id,
        engagement_id=write.caller.engagement,
        by=write.caller.actor,
        at=write.at,
    )
    for number, content in enumerate(_parts(body)):
        part = {"org_id": organisation_of(session), "job_id": key, "number": number, "content": content}
        await session.execute(insert(job_inputs).values(part))
    return await write.accepted(ONE, key, f"{base_of(service)}/{key}", kinds=[job.kind])


async def begin(
    session: AsyncSession,
    service: str,
    job: Job[I],
    given: I,
    *,
    path: str,
    request_id: str | None = None,
    engagement_id: UUID | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """Queue a job with its input, for a request or by the clock; its id."""
    key = new_id()
    row = {
        "id": key,
        "org_id": organisation_of(session),
        "engagement_id": engagement_id,
        "kind": job.kind,
        "input": given.model_dump(mode="json"),
        "path": path,
        "request_id": request_id or str(key),
        "started_by": by.recorded,
        "state": JobState.QUEUED,
        "progress": 0.0,
        "attempt": 0,
        "due_at": at,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    await session.execute(insert(jobs).values(row))
    announce(session, STARTED[service](kind=job.kind), about=Written(key, 1), by=by, at=at)
    return key


def _parts(body: IO[bytes] | None) -> Iterable[bytes]:
    if body is None:
        return ()
    body.seek(0)
    return iter(lambda: body.read(PART_BYTES), b"")
