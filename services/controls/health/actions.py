"""The verbs of health: take in what is known of the evidence, and announce each change once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.controls.models import Control
from services.controls.health.models import Health, KnownExpectation, KnownProof, ProofState
from services.controls.health.queries import Announced, facts_of, last_announced
from services.controls.health.rules import Assessment, assess
from shared.data.base import table_of
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
from shared.events.trail import Told, announce_each
from shared.identity.callers import SYSTEM

_WORKS = frozenset({HealthState.HEALTHY, HealthState.AT_RISK})
_KINDS: dict[HealthState, type[Event]] = {
    HealthState.FAILING: ControlFailing,
    HealthState.AT_RISK: ControlAtRisk,
    HealthState.HEALTHY: ControlProven,
    HealthState.UNKNOWN: ControlUnproven,
}


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
    await reassess_known(session, [control_id], at=at, noted_at=noted_at)


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
    await reassess_known(session, {proof.control_id for proof in proves}, at=at, noted_at=noted_at)


async def reassess_known(
    session: AsyncSession, control_ids: Collection[UUID], *, at: datetime, noted_at: datetime | None = None
) -> None:
    """Reassess those of the controls that there are: evidence may speak of one that has not been written down here."""
    held = select(Control).where(col(Control.id).in_(control_ids)).order_by(col(Control.id)).with_for_update()
    controls = (await session.scalars(held, execution_options={"populate_existing": True})).all()
    await reassess(session, *controls, at=at, noted_at=noted_at)


async def reassess(session: AsyncSession, *controls: Control, at: datetime, noted_at: datetime | None = None) -> None:
    """Compute the health anew and announce where the state has changed. The controls' rows are locked by then.

    However many controls there are, the statements are as many as for one.
    """
    await session.flush()
    before = await last_announced(session, [each.id for each in controls])
    facts = await facts_of(session, controls)
    found = [Reassessment(each, before[each.id], assess(facts[each.id], as_of=at)) for each in controls]
    news = [each for each in found if each.says_anything_new]
    await _write(session, news, at=at, noted_at=noted_at or at)
    await announce_each(session, [each.told() for each in news if each.moved], by=SYSTEM, at=at)


@dataclass(frozen=True, slots=True)
class Reassessment:
    """A control's health as last announced, and as it was found now."""

    control: Control
    before: Announced
    result: Assessment

    @property
    def moved(self) -> bool:
        return self.result.state != self.before.state

    @property
    def says_anything_new(self) -> bool:
        return self.moved or self.result.reasons != self.before.reasons

    @property
    def version(self) -> int:
        return self.before.version + 1

    def told(self) -> Told:
        """The event, and what it changed."""
        before, result = self.before.state, self.result
        kind = ControlRecovered if before == HealthState.FAILING and result.state in _WORKS else _KINDS[result.state]
        event = kind(
            code=self.control.code,
            title=self.control.title,
            health=result.state,
            before=before,
            reasons=result.reasons,
            reason_codes=result.codes,
        )
        return Told(
            event,
            self.control.id,
            self.version,
            before={"state": before, "reasons": self.before.reasons},
            after={"state": result.state, "reasons": result.reasons},
            reason=" ".join(result.reasons),
        )


async def _write(session: AsyncSession, news: Sequence[Reassessment], *, at: datetime, noted_at: datetime) -> None:
    if not news:
        return
    rows = [
        {
            "id": each.control.id,
            "org_id": each.control.org_id,
            "state": each.result.state,
            "reasons": each.result.reasons,
            "since": at if each.moved or each.before.since is None else each.before.since,
            "version": each.version,
            "created_at": noted_at,
            "updated_at": noted_at,
        }
        for each in news
    ]
    # The table and not its model, whose versions SQLAlchemy would count itself.
    statement = insert(table_of(Health))
    changed = {name: statement.excluded[name] for name in ("state", "reasons", "since", "version", "updated_at")}
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed), rows)
