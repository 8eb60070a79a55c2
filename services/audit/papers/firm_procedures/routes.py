from uuid import UUID

from fastapi import Response

from services.audit.papers.firm_procedures import actions, queries
from services.audit.papers.firm_procedures.schemas import (
    FirmProcedureDraft,
    FirmProcedureOut,
    FirmProcedureRetirement,
    FirmProcedureRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import CodeTaken, NotFound

routes = Routes("firm procedures")


routes.list(
    "list_firm_procedures",
    "/v1/firm-procedures",
    queries.procedures,
    FirmProcedureOut,
    permission=P.FIRM_PROCEDURES_READ,
    description="The firm's catalogue of procedures, retired ones included, by their codes.",
    auditors=True,
)


routes.one(
    "get_firm_procedure",
    "/v1/firm-procedures/{procedure_id}",
    queries.procedure,
    FirmProcedureOut,
    permission=P.FIRM_PROCEDURES_READ,
    description="One procedure of the firm's catalogue.",
    auditors=True,
)


@routes.post(
    "/v1/firm-procedures",
    permission=P.FIRM_PROCEDURES_WRITE,
    status_code=201,
    response_model=FirmProcedureOut,
    refuses=(CodeTaken,),
)
async def define_firm_procedure(draft: FirmProcedureDraft, write: Write) -> Response:
    """Put a procedure into the firm's catalogue. One code names one procedure in use."""
    procedure = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.procedure, procedure.id, f"/v1/firm-procedures/{procedure.id}")


@routes.patch(
    "/v1/firm-procedures/{procedure_id}",
    permission=P.FIRM_PROCEDURES_WRITE,
    response_model=FirmProcedureOut,
    refuses=(NotFound,),
)
async def revise_firm_procedure(
    procedure_id: UUID, revision: FirmProcedureRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a procedure. Papers that took its text keep it as it was."""
    await actions.revise(
        write.session, procedure_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.procedure, procedure_id)


@routes.post(
    "/v1/firm-procedures/{procedure_id}/retirements",
    permission=P.FIRM_PROCEDURES_WRITE,
    response_model=FirmProcedureOut,
    refuses=(NotFound,),
)
async def retire_firm_procedure(procedure_id: UUID, retirement: FirmProcedureRetirement, write: Write) -> Response:
    """Say that a procedure is used no longer. It stays on record, and its code is free."""
    await actions.retire(write.session, procedure_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.procedure, procedure_id)
