"""The verbs of a firm's procedure. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.firm_procedures.models import FirmProcedure, FirmProcedureStatus
from services.audit.papers.firm_procedures.queries import has_code
from services.audit.papers.firm_procedures.schemas import FirmProcedureDraft, FirmProcedureRevision
from shared.clock import new_id
from shared.data.records import ANY_VERSION, locked, whole_organisation
from shared.data.sessions import organisation_of
from shared.events.catalogue.papers import FirmProcedureDefined, FirmProcedureRetired, FirmProcedureRevised
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import CodeTaken, Fault, not_allowed

_NOUN = "firm procedure"


async def define(session: AsyncSession, *, draft: FirmProcedureDraft, by: Actor, at: datetime) -> FirmProcedure:
    """Put a procedure into the catalogue; `CodeTaken` when another one in use has the code."""
    await whole_organisation(session)
    if await has_code(session, draft.code):
        raise CodeTaken(f"Another {_NOUN} has the code {draft.code}.", faults=[Fault("/code", "taken")])
    procedure = FirmProcedure(
        id=new_id(), **draft.model_dump(), org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(procedure)
    announce(session, FirmProcedureDefined(**_event_fields(procedure)), about=procedure, by=by, at=at)
    return procedure


async def revise(
    session: AsyncSession,
    procedure_id: UUID,
    *,
    revision: FirmProcedureRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change a procedure in use. Papers that took its text keep it as it was."""
    procedure = await _in_use(session, procedure_id, "revise", expected=expected)
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(procedure, name, value)
    announce(session, FirmProcedureRevised(**_event_fields(procedure)), about=procedure, by=by, at=at)


async def retire(session: AsyncSession, procedure_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """In use → retired. Its code is free."""
    procedure = await _in_use(session, procedure_id, "retire", expected=ANY_VERSION)
    procedure.status = FirmProcedureStatus.RETIRED
    event = FirmProcedureRetired(**_event_fields(procedure))
    announce(session, event, about=procedure, by=by, at=at, reason=reason)


async def _in_use(session: AsyncSession, procedure_id: UUID, verb: str, *, expected: int) -> FirmProcedure:
    procedure = await locked(session, FirmProcedure, procedure_id, noun=_NOUN, expected=expected)
    if procedure.status != FirmProcedureStatus.IN_USE:
        raise not_allowed(verb, procedure.status, [])
    return procedure


def _event_fields(procedure: FirmProcedure) -> dict[str, Any]:
    return procedure.model_dump(include={"code", "title", "kind"})
