"""The verbs of a commitment. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.commitments.models import Commitment, CommitmentStatus
from services.controls.programmes.commitments.queries import groups_in_scope
from services.controls.programmes.commitments.rules import criteria_of, faults_of
from services.controls.programmes.commitments.schemas import CommitmentDraft, CommitmentRevision
from services.controls.programmes.programmes.actions import locked_programme, require_scheme
from services.controls.programmes.programmes.models import Programme
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.programmes import CommitmentRecorded, CommitmentRevised, CommitmentWithdrawn
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid, NotFound, not_allowed


async def record(
    session: AsyncSession, programme_id: UUID, *, draft: CommitmentDraft, by: Actor, at: datetime
) -> Commitment:
    """Record a service commitment or system requirement. `NotAskedFor` when the programme is for no SOC 2."""
    programme = await locked_programme(session, programme_id, "record a commitment")
    await require_scheme(session, programme, Scheme.SOC2, "Service commitments and system requirements")
    commitment = Commitment(
        **draft.model_dump(exclude={"criteria"}),
        criteria=await _criteria(session, programme, draft.criteria),
        programme_id=programme_id,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(commitment)
    announce(session, CommitmentRecorded(**_event_fields(commitment)), about=commitment, by=by, at=at)
    return commitment


async def revise(
    session: AsyncSession, commitment_id: UUID, *, revision: CommitmentRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change what is promised, where that stands, or the criteria it belongs to."""
    programme, commitment = await _locked(session, commitment_id, "revise", expected)
    changes = revision.model_dump(exclude_none=True)
    if revision.criteria is not None:
        changes["criteria"] = await _criteria(session, programme, revision.criteria)
    for name, value in changes.items():
        setattr(commitment, name, value)
    announce(session, CommitmentRevised(**_event_fields(commitment)), about=commitment, by=by, at=at)


async def withdraw(session: AsyncSession, commitment_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """In force → withdrawn. It stays on record and belongs to no criterion any longer."""
    _, commitment = await _locked(session, commitment_id, "withdraw", ANY_VERSION)
    commitment.status = CommitmentStatus.WITHDRAWN
    event = CommitmentWithdrawn(**_event_fields(commitment))
    announce(session, event, about=commitment, by=by, at=at, reason=reason)


async def _locked(session: AsyncSession, commitment_id: UUID, verb: str, expected: int) -> tuple[Programme, Commitment]:
    """The commitment in force, locked after its programme, in the order in which others lock them."""
    seen = await found(session, Commitment, commitment_id)
    if seen is None:
        raise NotFound(f"There is no commitment {commitment_id}.")
    programme = await locked_programme(session, seen.programme_id, f"{verb} a commitment")
    commitment = await locked(session, Commitment, commitment_id, noun="commitment", expected=expected)
    if commitment.status != CommitmentStatus.IN_FORCE:
        raise not_allowed(verb, commitment.status, [])
    return programme, commitment


async def _criteria(session: AsyncSession, programme: Programme, named: Sequence[str]) -> list[str]:
    groups = await groups_in_scope(session, programme)
    if faults := list(faults_of(named, groups)):
        raise Invalid("A commitment belongs to criteria in the programme's scope.", faults=faults)
    return criteria_of(named, groups)


def _event_fields(commitment: Commitment) -> dict[str, Any]:
    return {name: getattr(commitment, name) for name in ("programme_id", "kind", "text", "criteria")}
