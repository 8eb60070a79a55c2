"""The verbs of a security objective. Each changes its row and adds the event, in the caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.programmes.actions import locked_programme, require_scheme
from services.controls.programmes.programmes.models import Programme, ProgrammeStatus
from services.controls.programmes.security_objectives.models import SecurityObjective, SecurityObjectiveStatus
from services.controls.programmes.security_objectives.schemas import SecurityObjectiveDraft, SecurityObjectiveRevision
from shared.data.records import ANY_VERSION, found, lock_rows, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.programmes import (
    SecurityObjectiveRevised,
    SecurityObjectiveSet,
    SecurityObjectiveWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import people_columns, require_person
from shared.problems import NotFound, not_allowed


async def set_objective(
    session: AsyncSession, programme_id: UUID, *, draft: SecurityObjectiveDraft, by: Actor, at: datetime
) -> SecurityObjective:
    """Set a security objective. `NotAskedFor` when the programme is not for ISO/IEC 27001."""
    owner_id = await require_person(session, draft.owner, "/owner")
    programme = await locked_programme(session, programme_id, "set a security objective")
    await require_scheme(session, programme, Scheme.ISO27001, "Information security objectives")
    objective = SecurityObjective(
        **draft.model_dump(exclude={"owner"}),
        owner_id=owner_id,
        programme_id=programme_id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(objective)
    announce(session, SecurityObjectiveSet(**_event_fields(objective)), about=objective, by=by, at=at)
    return objective


async def revise(
    session: AsyncSession,
    objective_id: UUID,
    *,
    revision: SecurityObjectiveRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change what is aimed at, how, by whom or until when."""
    owners = await people_columns(session, revision, "owner")
    objective = await _locked(session, objective_id, "revise", expected)
    for name, value in (revision.model_dump(exclude_none=True, exclude={"owner"}) | owners).items():
        setattr(objective, name, value)
    announce(session, SecurityObjectiveRevised(**_event_fields(objective)), about=objective, by=by, at=at)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a leaver's objectives of active programmes to another person."""
    owned = (
        select(SecurityObjective)
        .join(Programme, col(Programme.id) == col(SecurityObjective.programme_id))
        .where(
            SecurityObjective.owner_id == handover.from_person,
            SecurityObjective.status == SecurityObjectiveStatus.IN_FORCE,
            Programme.status == ProgrammeStatus.ACTIVE,
        )
        .order_by(col(SecurityObjective.id))
    )
    for objective in await lock_rows(session, owned):
        objective.owner_id = handover.to_person
        event = SecurityObjectiveRevised(**_event_fields(objective))
        announce(session, event, about=objective, by=SYSTEM, at=handover.at, reason=handover.reason)


async def withdraw(session: AsyncSession, objective_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """In force → withdrawn. It stays on record."""
    objective = await _locked(session, objective_id, "withdraw", ANY_VERSION)
    objective.status = SecurityObjectiveStatus.WITHDRAWN
    event = SecurityObjectiveWithdrawn(**_event_fields(objective))
    announce(session, event, about=objective, by=by, at=at, reason=reason)


async def _locked(session: AsyncSession, objective_id: UUID, verb: str, expected: int) -> SecurityObjective:
    """The objective, locked after its programme, in the order in which others lock them."""
    seen = await found(session, SecurityObjective, objective_id)
    if seen is None:
        raise NotFound(f"There is no security objective {objective_id}.")
    await locked_programme(session, seen.programme_id, f"{verb} a security objective")
    objective = await locked(session, SecurityObjective, objective_id, noun="security objective", expected=expected)
    if objective.status != SecurityObjectiveStatus.IN_FORCE:
        raise not_allowed(verb, objective.status, [])
    return objective


def _event_fields(objective: SecurityObjective) -> dict[str, Any]:
    return {name: getattr(objective, name) for name in ("programme_id", "title", "due_on")}
