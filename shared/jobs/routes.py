"""Jobs over HTTP: how far they are, what came of them, and that nobody wants one any longer.

Whoever has a token for one engagement sees the jobs that were started by such tokens for it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field
from sqlalchemy import ARRAY, Select, Text, bindparam, func, select, true

from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.tables import jobs
from shared.http.doors import Read, Reader, Write
from shared.http.fields import ActedBy, UpdatedSince
from shared.http.operations import Routes
from shared.http.problems import ProblemSchema
from shared.identity.callers import Caller
from shared.jobs.ending import end
from shared.jobs.job import UNFINISHED, JobState
from shared.jobs.work import Job
from shared.problems import Conflict, NotFound

_C = jobs.c
_COLUMNS = (
    _C.id,
    _C.kind,
    _C.state,
    _C.progress,
    _C.location,
    _C.started_by,
    _C.version,
    _C.created_at,
    _C.updated_at,
    _C.finished_at,
)
_OF_THESE_KINDS = _C.kind == func.any(bindparam("kinds", type_=ARRAY(Text())))
ONE = One("job", select(*_COLUMNS, _C.result, _C.problem).where(_OF_THESE_KINDS), by=_C.id)


class JobQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    kind: str | None = Field(default=None, max_length=60)
    state: JobState | None = None
    updated_since: UpdatedSince = None


_LIST = Listing(select(*_COLUMNS), id=_C.id, query=JobQuery, given={"kinds": _OF_THESE_KINDS})


class JobSummary(BaseModel):
    """Long work that a request started."""

    id: UUID
    kind: str = Field(examples=["control-import"])
    state: JobState
    progress: float = Field(ge=0, le=1, description="From 0 to 1")
    location: str | None = Field(description="Where the new thing is, once it has succeeded")
    started_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class JobOut(JobSummary):
    """Long work that a request started, and what the request would have answered."""

    result: dict[str, Any] | None = Field(description="The answer of the operation that started it, as its 200 has it")
    problem: ProblemSchema | None = Field(description="Why it failed, as the operation would have answered it")


class JobFinished(Conflict):
    """The job has already finished."""


def base_of(service: str) -> str:
    """Where the jobs of a service are."""
    return f"/v1/services/{service}/jobs"


def job_routes(service: str, kinds: Sequence[Job[Any]]) -> Routes:
    """The jobs of one service; whoever may start one of a kind sees those of this kind."""
    routes = Routes("jobs")
    base = base_of(service)

    def seen_by(caller: Caller) -> list[str]:
        return [job.kind for job in kinds if job.permission in caller.permissions]

    async def given(read: Reader, _query: JobQuery) -> dict[str, Any]:
        return {"kinds": seen_by(read.caller)}

    routes.list(
        "list_jobs",
        base,
        _LIST,
        JobSummary,
        permission=None,
        given=given,
        auditors=True,
        description="The organisation's jobs of the kinds that the caller may start, newest first.",
    )

    @routes.get(
        base + "/{job_id}", permission=None, signed_in=True, response_model=JobOut, refuses=(NotFound,), auditors=True
    )
    async def get_job(job_id: UUID, read: Read) -> Response:
        """How far a job is, and what came of it. It is kept for 30 days, or as `ATTEST_JOB_DAYS` says."""
        return await read.one(ONE, job_id, kinds=seen_by(read.caller))

    @routes.post(
        base + "/{job_id}/cancellations",
        permission=None,
        signed_in=True,
        auditors=True,
        status_code=200,
        response_model=JobOut,
        refuses=(NotFound, JobFinished),
    )
    async def cancel_job(job_id: UUID, write: Write) -> Response:
        """Cancel a job that has not finished. The steps that it has completed are not undone."""
        seen = seen_by(write.caller)
        job = (await write.session.execute(_locked(job_id, seen, write.caller))).one_or_none()
        if job is None:
            raise NotFound(f"There is no job {job_id}.")
        if job.state not in UNFINISHED:
            raise JobFinished(f"The job has {job.state} already.")
        await end(write.session, service, job_id, job.kind, JobState.CANCELLED, by=write.caller.actor, at=write.at)
        return await write.changed(ONE, job_id, kinds=seen)

    return routes


def _locked(job_id: UUID, kinds: Sequence[str], caller: Caller) -> Select[str, str]:
    """The kind and state of a job that the caller sees, locked."""
    theirs = true() if caller.engagement is None else _C.engagement_id == caller.engagement
    return select(_C.kind, _C.state).where(_C.id == job_id, _C.kind.in_(kinds), theirs).with_for_update()
