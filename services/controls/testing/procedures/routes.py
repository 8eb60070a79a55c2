from uuid import UUID

from fastapi import Response

from services.controls.testing.procedures import actions, queries
from services.controls.testing.procedures.schemas import (
    ProcedureDraft,
    ProcedureOut,
    ProcedureRetirement,
    ProcedureRevision,
    ProcedureVersionOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import CodeTaken, NotFound, SeparationOfDuties

routes = Routes("test procedures")


routes.list(
    "list_procedures",
    "/v1/procedures",
    queries.procedures,
    ProcedureOut,
    permission=P.TESTS_READ,
    description="How the organisation tests its controls.",
    auditors=True,
)


routes.one(
    "get_procedure",
    "/v1/procedures/{procedure_id}",
    queries.procedure,
    ProcedureOut,
    permission=P.TESTS_READ,
    description="One procedure, as it is being written.",
    auditors=True,
)


@routes.post(
    "/v1/procedures",
    permission=P.TESTS_WRITE,
    status_code=201,
    response_model=ProcedureOut,
    refuses=(CodeTaken,),
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
    refuses=(NotFound, SeparationOfDuties),
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


routes.list(
    "list_procedure_versions",
    "/v1/procedure-versions",
    queries.procedure_versions,
    ProcedureVersionOut,
    permission=P.TESTS_READ,
    description="Procedures as they were approved, the last approval first.",
    auditors=True,
)


routes.one(
    "get_procedure_version",
    "/v1/procedure-versions/{version_id}",
    queries.procedure_version,
    ProcedureVersionOut,
    permission=P.TESTS_READ,
    description="One procedure as it was approved.",
    auditors=True,
)
