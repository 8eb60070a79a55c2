"""The verbs of a Statement of Applicability."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.frameworks.frameworks.queries import edition_of
from services.controls.programmes.programmes.actions import locked_programme
from services.controls.programmes.readiness.queries import situation
from services.controls.programmes.statements_of_applicability.models import (
    ImplementationStatus,
    LineApproval,
    Statement,
    StatementStatus,
)
from services.controls.programmes.statements_of_applicability.queries import (
    approved_of,
    approved_refs,
    latest_number,
    lines,
)
from services.controls.programmes.statements_of_applicability.schemas import LineApprovals, StatementDraft
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.programmes import (
    StatementApproved,
    StatementDrafted,
    StatementLinesApproved,
    StatementSuperseded,
    StatementWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_NEXT: dict[str, list[str]] = {StatementStatus.DRAFT: ["approve lines", "approve", "withdraw"]}


class LinesAwaitApproval(Conflict):
    """Some lines of the statement have not been approved."""


async def draft(session: AsyncSession, *, wanted: StatementDraft, by: Actor, at: datetime) -> Statement:
    """Write the next version down as things are now. `Invalid` when the programme is not for ISO/IEC 27001."""
    programme = await locked_programme(session, wanted.programme_id, "state the applicability")
    pinned = await edition_of(session, programme.framework_version_id)
    if pinned.scheme != Scheme.ISO27001:
        fault = Fault("/programme_id", f"The programme is for {pinned.code}, which has no Annex A.")
        raise Invalid("Only a programme for ISO/IEC 27001 has a Statement of Applicability.", faults=[fault])
    written = await lines(session, await situation(session, programme.id, at), wanted.inclusion_reason)
    statement = Statement(
        programme_id=programme.id,
        number=await latest_number(session, programme.id) + 1,
        framework_version=pinned.label,
        as_of=at,
        inclusion_reason=wanted.inclusion_reason,
        lines=[entry.model_dump(mode="json") for entry in written],
        applicable=sum(entry.applicable for entry in written),
        excluded=sum(not entry.applicable for entry in written),
        implemented=sum(entry.implementation == ImplementationStatus.IMPLEMENTED for entry in written),
        partly=sum(entry.implementation == ImplementationStatus.PARTLY for entry in written),
        author=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(statement)
    announce(session, StatementDrafted(**_event_fields(statement)), about=statement, by=by, at=at)
    return statement


async def approve_lines(
    session: AsyncSession, statement_id: UUID, *, approvals: LineApprovals, by: Actor, at: datetime
) -> None:
    """Approve lines of a draft as they are, by someone other than the author; who approved one first stays on record.

    `Invalid` names the lines that the statement does not have.
    """
    statement = await _statement(session, statement_id, "approve lines")
    keep_apart("The author of a Statement of Applicability cannot approve its lines", first=statement.author, second=by)
    has = [line["ref"] for line in statement.lines]
    asked = has if approvals.refs is None else approvals.refs
    if unknown := [(place, ref) for place, ref in enumerate(asked) if ref not in has]:
        faults = [Fault(f"/refs/{place}", f"The statement has no line {ref}.") for place, ref in unknown]
        raise Invalid("Some of the lines do not exist; none was approved.", faults=faults)
    approved = await approved_refs(session, statement.id)
    new = [ref for ref in dict.fromkeys(asked) if ref not in approved]
    if not new:
        return
    row = {"org_id": statement.org_id, "statement_id": statement.id, "approver": by.recorded, "approved_at": at}
    await insert_rows(session, table_of(LineApproval), [{**row, "ref": ref} for ref in new])
    statement.lines_approved += len(new)
    event = StatementLinesApproved(**_event_fields(statement), refs=new)
    announce(session, event, about=statement, by=by, at=at)


async def approve(session: AsyncSession, statement_id: UUID, *, by: Actor, at: datetime) -> None:
    """Draft → approved, by someone other than the author; the one that was approved before is superseded.

    `LinesAwaitApproval` until each line is approved.
    """
    statement = await _statement(session, statement_id, "approve")
    keep_apart("The author of a Statement of Applicability cannot approve it", first=statement.author, second=by)
    if awaiting := len(statement.lines) - statement.lines_approved:
        raise LinesAwaitApproval(f"{awaiting} of {len(statement.lines)} lines have not been approved.")
    before = await approved_of(session, statement.programme_id)
    if before is not None:
        before.status = StatementStatus.SUPERSEDED
        announce(session, StatementSuperseded(**_event_fields(before)), about=before, by=by, at=at)
        await session.flush()  # only one statement is approved
    statement.status, statement.approver, statement.approved_at = StatementStatus.APPROVED, by.recorded, at
    announce(session, StatementApproved(**_event_fields(statement)), about=statement, by=by, at=at)


async def withdraw(session: AsyncSession, statement_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Draft → withdrawn: it is not what shall be stated."""
    statement = await _statement(session, statement_id, "withdraw")
    statement.status = StatementStatus.WITHDRAWN
    announce(session, StatementWithdrawn(**_event_fields(statement)), about=statement, by=by, at=at, reason=reason)


async def _statement(session: AsyncSession, statement_id: UUID, verb: str) -> Statement:
    """The statement, locked after its programme, in the order in which others lock them."""
    noun = "statement of applicability"
    seen = await found(session, Statement, statement_id)
    if seen is None:
        raise NotFound(f"There is no {noun} {statement_id}.")
    await locked_programme(session, seen.programme_id, f"{verb} a {noun}")
    statement = await locked(session, Statement, statement_id, noun=noun)
    if verb not in _NEXT.get(statement.status, []):
        raise not_allowed(verb, statement.status, _NEXT.get(statement.status, []))
    return statement


def _event_fields(statement: Statement) -> dict[str, Any]:
    return {
        "programme_id": statement.programme_id,
        "number": statement.number,
        "applicable": statement.applicable,
        "excluded": statement.excluded,
    }
