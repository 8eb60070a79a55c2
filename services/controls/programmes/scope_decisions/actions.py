"""The verbs of a scope decision. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.programmes.programmes.actions import locked_programme
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.scope_decisions.models import DecisionStatus, ScopeDecision
from services.controls.programmes.scope_decisions.queries import kinds_in_scope, standing
from services.controls.programmes.scope_decisions.rules import faults_of, status_of
from services.controls.programmes.scope_decisions.schemas import (
    DecisionBatch,
    DecisionDraft,
    DecisionRevision,
    ScopeDecisionTerms,
)
from shared.clock import new_id
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.programmes import (
    ScopeDecisionProposed,
    ScopeDecisionRevised,
    ScopeDecisionTaken,
    ScopeDecisionWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart
from shared.problems import Fault, Invalid, NotFound, not_allowed

_NEXT: dict[str, list[str]] = {
    DecisionStatus.PROPOSED: ["revise", "approve", "withdraw"],
    DecisionStatus.IN_FORCE: ["revise", "withdraw"],
    DecisionStatus.WITHDRAWN: [],
}


async def write(session: AsyncSession, *, draft: DecisionDraft, by: Actor, at: datetime) -> UUID:
    """Decide on one requirement of a programme; see the rules."""
    programme = await locked_programme(session, draft.programme_id, "decide on the scope")
    decision = ScopeDecisionTerms(**draft.model_dump(exclude={"programme_id"}))
    if faults := (await _faults(session, programme, [decision], [""]))[0]:
        raise Invalid("The scope decision is not valid.", faults=faults)
    return (await _write(session, programme, [decision], by=by, at=at))[0]


async def write_all(
    session: AsyncSession, *, batch: DecisionBatch, by: Actor, at: datetime
) -> list[UUID | list[Fault]]:
    """Decide on many at once; for each its id, or what is wrong. `Invalid` when atomic and anything is."""
    programme = await locked_programme(session, batch.programme_id, "decide on the scope")
    places = [f"/decisions/{place}" for place in range(len(batch.decisions))]
    faults = await _faults(session, programme, batch.decisions, places)
    if batch.atomic and any(faults):
        raise Invalid(
            "None of the scope decisions was recorded.", faults=[fault for of_one in faults for fault in of_one]
        )
    sound = [decision for decision, wrong in zip(batch.decisions, faults, strict=True) if not wrong]
    ids = iter(await _write(session, programme, sound, by=by, at=at))
    return [wrong or next(ids) for wrong in faults]


async def revise(
    session: AsyncSession, decision_id: UUID, *, revision: DecisionRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change why. What was approved was another text, so it has to be approved again."""
    decision = await _decision(session, decision_id, "revise", expected)
    if revision.grounds and not decision.relevant:
        raise Invalid(
            "The scope decision is not valid.",
            faults=[Fault("/grounds", "The requirement is not relevant, so it has no grounds.")],
        )
    for name, value in revision.model_dump(exclude_none=True).items():
        setattr(decision, name, value)
    decision.author, decision.approver, decision.status = by.recorded, None, status_of(relevant=decision.relevant)
    if decision.status == DecisionStatus.PROPOSED:
        decision.in_force_since = None
    event = ScopeDecisionRevised(
        programme_id=decision.programme_id, requirement=decision.requirement, relevant=decision.relevant
    )
    announce(session, event, about=decision, by=by, at=at)


async def approve(session: AsyncSession, decision_id: UUID, *, by: Actor, at: datetime) -> None:
    """Proposed → in force, by someone other than the author."""
    decision = await _decision(session, decision_id, "approve", ANY_VERSION)
    keep_apart("The author of a scope decision cannot approve it", first=decision.author, second=by)
    decision.status, decision.approver, decision.in_force_since = DecisionStatus.IN_FORCE, by.recorded, at
    event = ScopeDecisionTaken(
        programme_id=decision.programme_id, requirement=decision.requirement, relevant=decision.relevant
    )
    announce(session, event, about=decision, by=by, at=at)


async def withdraw(session: AsyncSession, decision_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Turn a proposal down, or take a decision back: the requirement is in scope as if nothing had been said."""
    decision = await _decision(session, decision_id, "withdraw", ANY_VERSION)
    decision.status = DecisionStatus.WITHDRAWN
    event = ScopeDecisionWithdrawn(
        programme_id=decision.programme_id, requirement=decision.requirement, relevant=decision.relevant
    )
    announce(session, event, about=decision, by=by, at=at, reason=reason)


async def _decision(session: AsyncSession, decision_id: UUID, verb: str, expected: int) -> ScopeDecision:
    """The decision, locked after its programme, in the order in which others lock them."""
    seen = await found(session, ScopeDecision, decision_id)
    if seen is None:
        raise NotFound(f"There is no scope decision {decision_id}.")
    await locked_programme(session, seen.programme_id, f"{verb} a scope decision")
    decision = await locked(session, ScopeDecision, decision_id, noun="scope decision", expected=expected)
    if verb not in _NEXT[decision.status]:
        raise not_allowed(verb, decision.status, _NEXT[decision.status])
    return decision


async def _faults(
    session: AsyncSession, programme: Programme, decisions: Sequence[ScopeDecisionTerms], places: Sequence[str]
) -> list[list[Fault]]:
    kinds = await kinds_in_scope(session, programme)
    decided = {decision.requirement for decision in await standing(session, programme.id)}
    faults = []
    for decision, place in zip(decisions, places, strict=True):
        faults.append(list(faults_of(decision, at=place, in_scope=kinds, decided=decided)))
        decided.add(decision.requirement)
    return faults


async def _write(
    session: AsyncSession, programme: Programme, decisions: Sequence[ScopeDecisionTerms], *, by: Actor, at: datetime
) -> list[UUID]:
    rows = [_row(decision, programme.id, by, at) for decision in decisions]
    if rows:
        common = {"org_id": organisation_of(session), "version": 1, "created_at": at, "updated_at": at}
        await session.execute(insert(ScopeDecision), [{**row, **common} for row in rows])
    for row in rows:
        kind = ScopeDecisionTaken if row["relevant"] else ScopeDecisionProposed
        event = kind(programme_id=programme.id, requirement=row["requirement"], relevant=row["relevant"])
        announce(session, event, about=Written(row["id"], 1, after=row), by=by, at=at)
    return [row["id"] for row in rows]


def _row(decision: ScopeDecisionTerms, programme_id: UUID, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "programme_id": programme_id,
        **decision.model_dump(mode="json"),
        "status": status_of(relevant=decision.relevant),
        "author": by.recorded,
        "in_force_since": at if decision.relevant else None,
    }
