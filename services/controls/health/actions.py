"""The verbs of health: take in what is known of the evidence, and announce each change once."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.controls.models import Control, ControlStatus
from services.controls.health.models import Health, KnownExpectation, KnownProof, ProofState
from services.controls.health.rules import Assessment, ExpectationFacts, ProofFacts, assess
from shared.data.base import table_of
from shared.data.records import found
from shared.events.catalogue.controls import (
    ControlAtRisk,
    ControlFailing,
    ControlProven,
    ControlRecovered,
    ControlUnproven,
    HealthState,
)
from shared.events.catalogue.evidence import Proof
from shared.events.event import Event
from shared.events.trail import announce
from shared.identity.callers import SYSTEM


async def note_expectation(
    session: AsyncSession,
    *,
    expectation_id: UUID,
    org_id: UUID,
    control_id: UUID,
    title: str,
    withdrawn: bool,
    version: int,
    at: datetime,
    noted_at: datetime,
) -> None:
    """Take in an expectation; what is older than what is known is dropped."""
    row = {"control_id": control_id, "title": title, "withdrawn": withdrawn, "version": version}
    statement = insert(KnownExpectation).values(id=expectation_id, org_id=org_id, **row)
    newer = table_of(KnownExpectation).c.version < version
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=row, where=newer))
    await reassess_known(session, control_id, at=at, noted_at=noted_at)


async def note_proofs(
    session: AsyncSession,
    *,
    item_id: UUID,
    org_id: UUID,
    title: str,
    proves: list[Proof],
    state: ProofState,
    version: int,
    at: datetime,
    noted_at: datetime,
) -> None:
    """Take in what an item proves; what is older than what is known is dropped.

    Evidence can be accepted after the period it counts for: it never makes its control look healthy for a moment.
    """
    for proof in proves:
        over = proof.valid_until is not None and proof.valid_until <= at
        row = {
            "control_id": proof.control_id,
            "title": title,
            "state": ProofState.EXPIRED if over and state == ProofState.ACCEPTED else state,
            "valid_until": proof.valid_until,
            "version": version,
        }
        statement = insert(KnownProof).values(
            item_id=item_id, expectation_id=proof.expectation_id, org_id=org_id, **row
        )
        newer = table_of(KnownProof).c.version < version
        await session.execute(
            statement.on_conflict_do_update(index_elements=["item_id", "expectation_id"], set_=row, where=newer)
        )
    for control_id in sorted({proof.control_id for proof in proves}):
        await reassess_known(session, control_id, at=at, noted_at=noted_at)


async def reassess_known(session: AsyncSession, control_id: UUID, *, at: datetime, noted_at: datetime) -> None:
    """Reassess the control if there is one: evidence may speak of a control that has not been written down here."""
    control = await found(session, Control, control_id, for_update=True)
    if control is not None:
        await reassess(session, control, at=at, noted_at=noted_at)


async def reassess(session: AsyncSession, control: Control, *, at: datetime, noted_at: datetime | None = None) -> None:
    """Compute the health anew and announce it when the state has changed. The control's row is locked by then."""
    result = assess(await _facts(session, control.id), implemented=control.status == ControlStatus.IMPLEMENTED)
    health = await found(session, Health, control.id, for_update=True)
    if health is None:
        health = Health(
            id=control.id,
            org_id=control.org_id,
            reasons=list(result.reasons),
            since=at,
            created_at=at,
            updated_at=at,
        )
        session.add(health)
    before = HealthState(health.state)
    if health.reasons != list(result.reasons):
        health.reasons, health.updated_at = list(result.reasons), noted_at or at
    if result.state == before:
        return
    health.state, health.since = result.state, at
    event = _change(control, before, result)
    await announce(session, event, about=health, by=SYSTEM, at=at, noted_at=noted_at, reason=" ".join(result.reasons))


def _change(control: Control, before: HealthState, result: Assessment) -> Event:
    kinds = {
        HealthState.FAILING: ControlFailing,
        HealthState.AT_RISK: ControlAtRisk,
        HealthState.HEALTHY: ControlProven,
        HealthState.UNKNOWN: ControlUnproven,
    }
    works = result.state in {HealthState.HEALTHY, HealthState.AT_RISK}
    kind = ControlRecovered if before == HealthState.FAILING and works else kinds[result.state]
    return kind(
        code=control.code,
        title=control.title,
        health=result.state,
        before=before,
        reasons=list(result.reasons),
    )


async def _facts(session: AsyncSession, control_id: UUID) -> list[ExpectationFacts]:
    expected, proof = table_of(KnownExpectation).c, table_of(KnownProof).c
    known = (
        select(expected.id, expected.title, proof.title.label("proof"), proof.state, proof.valid_until)
        .join_from(table_of(KnownExpectation), table_of(KnownProof), proof.expectation_id == expected.id, isouter=True)
        .where(expected.control_id == control_id, ~expected.withdrawn)
    )
    titles: dict[UUID, str] = {}
    proofs: dict[UUID, list[ProofFacts]] = defaultdict(list)
    for row in await session.execute(known):
        titles[row.id] = row.title
        if row.state is not None:
            proofs[row.id].append(ProofFacts(row.proof, ProofState(row.state), row.valid_until))
    return [ExpectationFacts(title, proofs[expectation_id]) for expectation_id, title in titles.items()]
