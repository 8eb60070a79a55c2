from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.testing.procedures import actions, queries
from services.controls.testing.procedures.models import ProcedureStatus
from services.controls.testing.procedures.schemas import (
    ProcedureDraft,
    ProcedureOut,
    ProcedureRetirement,
    ProcedureRevision,
    ProcedureVersionOut,
)
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Instant, Search
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("test procedures")


@routes.get("/v1/procedures", permission=P.TESTS_READ, response_model=Page[ProcedureOut])
async def list_procedures(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["code", "-code", "updated_at", "-updated_at"] = "code",
    status: ProcedureStatus | None = None,
    q: Annotated[Search | None, Query(description="In code and title")] = None,
    updated_since: Annotated[Instant | None, Query()] = None,
) -> Response:
    """How the organisation tests its controls."""
    page = PageRequest(limit, cursor, sort)
    return await read.page(queries.procedures, page, status=status, q=q, updated_since=updated_since)


@routes.get("/v1/procedures/{procedure_id}", permission=P.TESTS_READ, response_model=ProcedureOut, refuses=(NotFound,))
async def get_procedure(procedure_id: UUID, read: Read) -> Response:
    """One procedure, as it is being written."""
    return await read.one(queries.procedure, procedure_id)


@routes.post(
    "/v1/procedures",
    permission=P.TESTS_WRITE,
    status_code=201,
    response_model=ProcedureOut,
    refuses=(actions.ProcedureCodeTaken,),
)
async def define_procedure(draft: ProcedureDraft, write: Write) -> Response:
    """Write down how something is tested, as a draft."""
    procedure = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.procedure, procedure.id, f"/v1/procedures/{procedure.id}")


@routes.patch(
    "/v1/procedures/{procedure_id}", permission=P.TESTS_WRITE, response_model=ProcedureOut, refuses=(NotFound,)
)
async def revise_procedure(
    procedure_id: UUID, revision: ProcedureRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a procedure; it is a draft then, and what was approved stays in force until it is approved."""
    await actions.revise(
        write.session, procedure_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.procedure, procedure_id)


@routes.post(
    "/v1/procedures/{procedure_id}/approvals",
    permission=P.TESTS_APPROVE,
    response_model=ProcedureOut,
    refuses=(NotFound,),
)
async def approve_procedure(procedure_id: UUID, write: Write) -> Response:
    """Approve a draft: the next version, which tests follow from now on. The approver is not its author."""
    await actions.approve(write.session, procedure_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.procedure, procedure_id)


@routes.post(
    "/v1/procedures/{procedure_id}/retirements",
    permission=P.TESTS_WRITE,
    response_model=ProcedureOut,
    refuses=(NotFound,),
)
async def retire_procedure(procedure_id: UUID, retirement: ProcedureRetirement, write: Write) -> Response:
    """Say that a procedure is no longer followed, and why. What was tested by it stays on record."""
    await actions.retire(write.session, procedure_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.procedure, procedure_id)


@routes.get("/v1/procedure-versions", permission=P.TESTS_READ, response_model=Page[ProcedureVersionOut])
async def list_procedure_versions(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at"] = "-created_at",
    procedure_id: UUID | None = None,
) -> Response:
    """Procedures as they were approved, the last approval first."""
    return await read.page(queries.procedure_versions, PageRequest(limit, cursor, sort), procedure_id=procedure_id)


@routes.get(
    "/v1/procedure-versions/{version_id}",
    permission=P.TESTS_READ,
    response_model=ProcedureVersionOut,
    refuses=(NotFound,),
)
async def get_procedure_version(version_id: UUID, read: Read) -> Response:
    """One procedure as it was approved."""
    return await read.one(queries.procedure_version, version_id)
