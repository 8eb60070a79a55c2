from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.statements_of_applicability import actions, queries
from services.controls.programmes.statements_of_applicability.rules import as_csv
from services.controls.programmes.statements_of_applicability.schemas import (
    LineApprovals,
    StatementDocument,
    StatementDraft,
    StatementOut,
)
from shared.http.doors import Read, Write
from shared.http.fields import Input, Prose
from shared.http.operations import Routes
from shared.http.preconditions import etag
from shared.identity.permissions import P
from shared.problems import NotFound, SeparationOfDuties

routes = Routes("statements of applicability")


class StatementWithdrawal(Input):
    """Why a draft is not what shall be stated."""

    reason: Prose


routes.list(
    "list_statements_of_applicability",
    "/v1/statements-of-applicability",
    queries.statements,
    StatementOut,
    permission=P.PROGRAMMES_READ,
    description="Every version that was written, newest first; what they say is in their documents.",
)


routes.one(
    "get_statement_of_applicability",
    "/v1/statements-of-applicability/{statement_id}",
    queries.statement,
    StatementOut,
    permission=P.PROGRAMMES_READ,
    description="One version of a Statement of Applicability.",
)


@routes.get(
    "/v1/statements-of-applicability/{statement_id}/document",
    permission=P.PROGRAMMES_READ,
    response_model=StatementDocument,
    responses={200: {"description": "The document", "content": {"text/csv": {"schema": {"type": "string"}}}}},
    refuses=(NotFound,),
)
async def get_statement_of_applicability_document(
    statement_id: UUID, read: Read, written_as: Annotated[Literal["json", "csv"], Query(alias="as")] = "json"
) -> Response:
    """What it says: a line for each control of Annex A, as JSON or as CSV."""
    if written_as == "json":
        return await read.one(queries.document, statement_id)
    body, version = await read.body(queries.document, statement_id)
    document = StatementDocument.model_validate_json(body)
    headers = {
        "ETag": etag(version),
        "Content-Disposition": f'attachment; filename="statement-of-applicability-{document.number}.csv"',
    }
    return Response(as_csv(document.lines), headers=headers, media_type="text/csv")


@routes.post(
    "/v1/statements-of-applicability",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=StatementOut,
    refuses=(NotFound,),
)
async def draft_statement_of_applicability(wanted: StatementDraft, write: Write) -> Response:
    """Write the next version, from the scope decisions in force and the controls as they are now."""
    statement = await actions.draft(write.session, wanted=wanted, by=write.caller.actor, at=write.at)
    location = f"/v1/statements-of-applicability/{statement.id}"
    return await write.created(queries.statement, statement.id, location)


@routes.post(
    "/v1/statements-of-applicability/{statement_id}/line-approvals",
    permission=P.PROGRAMMES_APPROVE,
    response_model=StatementOut,
    refuses=(NotFound, SeparationOfDuties),
)
async def approve_statement_of_applicability_lines(
    statement_id: UUID, approvals: LineApprovals, write: Write
) -> Response:
    """Approve lines of a draft as they are: chosen ones, or all that await it. The approver is not its author."""
    await actions.approve_lines(write.session, statement_id, approvals=approvals, by=write.caller.actor, at=write.at)
    return await write.changed(queries.statement, statement_id)


@routes.post(
    "/v1/statements-of-applicability/{statement_id}/approvals",
    permission=P.PROGRAMMES_APPROVE,
    response_model=StatementOut,
    refuses=(NotFound, SeparationOfDuties, actions.LinesAwaitApproval),
)
async def approve_statement_of_applicability(statement_id: UUID, write: Write) -> Response:
    """Approve a draft whose lines are all approved. The approver is not its author; the one before is superseded."""
    await actions.approve(write.session, statement_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.statement, statement_id)


@routes.post(
    "/v1/statements-of-applicability/{statement_id}/withdrawals",
    permission=P.PROGRAMMES_WRITE,
    response_model=StatementOut,
    refuses=(NotFound,),
)
async def withdraw_statement_of_applicability(
    statement_id: UUID, withdrawal: StatementWithdrawal, write: Write
) -> Response:
    """Say that a draft is not what shall be stated, and why."""
    await actions.withdraw(write.session, statement_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.statement, statement_id)
