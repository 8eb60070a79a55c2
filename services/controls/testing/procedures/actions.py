"""The verbs of a procedure."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.testing.procedures.models import Procedure, ProcedureStatus, ProcedureVersion
from services.controls.testing.procedures.schemas import ProcedureDraft, ProcedureRevision
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.procedures import (
    ProcedureApproved,
    ProcedureDefined,
    ProcedureRetired,
    ProcedureRevised,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.problems import CodeTaken, Fault, not_allowed

_NEXT: dict[str, list[str]] = {
    ProcedureStatus.DRAFT: ["revise", "approve", "retire"],
    ProcedureStatus.APPROVED: ["revise", "retire"],
    ProcedureStatus.RETIRED: [],
}


async def define(session: AsyncSession, *, draft: ProcedureDraft, by: Actor, at: datetime) -> Procedure:
    """Write a procedure down as a draft. `CodeTaken` when there is one of that code."""
    if (await session.execute(select(Procedure.id).where(Procedure.code == draft.code))).first():
        raise CodeTaken(f"Another procedure has the code {draft.code}.", faults=[Fault("/code", "taken")])
    procedure = Procedure(
        **draft.model_dump(), org_id=organisation_of(session), author=by.recorded, created_at=at, updated_at=at
    )
    session.add(procedure)
    event = ProcedureDefined(code=procedure.code, title=procedure.title)
    announce(session, event, about=procedure, by=by, at=at)
    return procedure


async def revise(
    session: AsyncSession, procedure_id: UUID, *, revision: ProcedureRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a procedure. It needs approval again; until then tests follow what was approved."""
    procedure = await _locked(session, procedure_id, "revise", expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(procedure, name, value)
    procedure.status, procedure.author = ProcedureStatus.DRAFT, by.recorded
    event = ProcedureRevised(code=procedure.code, title=procedure.title)
    announce(session, event, about=procedure, by=by, at=at)


async def approve(session: AsyncSession, procedure_id: UUID, *, by: Actor, at: datetime) -> None:
    """Draft → approved, by someone other than the author: the next version, which tests follow from now on."""
    procedure = await _locked(session, procedure_id, "approve")
    keep_apart("The author of a procedure cannot approve it", first=procedure.author, second=by)
    query = select(func.max(ProcedureVersion.number)).where(col(ProcedureVersion.procedure_id) == procedure_id)
    approved = ProcedureVersion(
        **procedure.model_dump(include={"org_id", "title", "methods", "steps", "expected_result", "author"}),
        procedure_id=procedure_id,
        number=(await session.scalar(query) or 0) + 1,
        approver=by.recorded,
        created_at=at,
        updated_at=at,
    )
    session.add(approved)
    procedure.status, procedure.approved_version_id = ProcedureStatus.APPROVED, approved.id
    event = ProcedureApproved(
        code=procedure.code, title=procedure.title, version_id=approved.id, number=approved.number
    )
    announce(session, event, about=procedure, by=by, at=at)


async def retire(session: AsyncSession, procedure_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Draft or approved → retired: no test is planned by it any longer. The reason is kept in the trail."""
    procedure = await _locked(session, procedure_id, "retire")
    procedure.status = ProcedureStatus.RETIRED
    event = ProcedureRetired(code=procedure.code, title=procedure.title)
    announce(session, event, about=procedure, by=by, at=at, reason=reason)


async def _locked(session: AsyncSession, procedure_id: UUID, verb: str, expected: int = ANY_VERSION) -> Procedure:
    procedure = await locked(session, Procedure, procedure_id, noun="procedure", expected=expected)
    if verb not in _NEXT[procedure.status]:
        raise not_allowed(verb, procedure.status, _NEXT[procedure.status])
    return procedure
