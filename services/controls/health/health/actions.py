"""The verbs of health: take in what is known of the evidence, and announce each change once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.health.health.models import Health, HealthChange, KnownExpectation, KnownProof, ProofState
from services.controls.health.health.queries import END_PAGES, Announced, facts_of, last_announced
from services.controls.health.health.rules import Assessment, assess, next_change
from services.controls.holding import hold
from services.controls.register.controls.models import Control
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.events.catalogue.controls import (
    ControlAtRisk,
    ControlFailing,
    ControlProven,
    ControlRecovered,
    ControlUnproven,
    HealthState,
)
from shared.events.catalogue.evidence import (
    AboutExpectation,
    AboutItem,
    EvidenceAccepted,
    EvidenceExpired,
    EvidenceExpiring,
    EvidenceRefreshed,
    EvidenceSuperseded,
    ExpectationDefined,
    ExpectationWithdrawn,
)
from shared.events.event import Event, Heard
from shared.events.replicas import Facet, News, Replica, Row, is_one_of
from shared.events.trail import Told, announce_each, cause
from shared.identity.callers import SYSTEM

_WORKS = frozenset({HealthState.HEALTHY, HealthState.AT_RISK})
_RENEWED = ("state", "reasons", "reason_codes", "since", "review_at", "version", "updated_at")
_KINDS: dict[HealthState, type[Event]] = {
    HealthState.FAILING: ControlFailing,
    HealthState.AT_RISK: ControlAtRisk,
    HealthState.HEALTHY: ControlProven,
    HealthState.UNKNOWN: ControlUnproven,
}
_STATES = {
    EvidenceAccepted: ProofState.ACCEPTED,
    EvidenceRefreshed: ProofState.ACCEPTED,
    EvidenceExpiring: ProofState.EXPIRING,
    EvidenceExpired: ProofState.EXPIRED,
    EvidenceSuperseded: ProofState.SUPERSEDED,
}


def _proofs(heard: Heard[AboutItem]) -> Iterable[Row]:
    """Evidence can be accepted after the period it counts for: it never makes its control look healthy for a moment."""
    state, at = _STATES[type(heard.event)], heard.occurred_at
    for proof in heard.event.proves:
        over = proof.valid_until is not None and proof.valid_until <= at
        yield {
            "item_id": heard.subject,
            "expectation_id": proof.expectation_id,
            "control_id": proof.control_id,
            "title": heard.event.title,
            "state": ProofState.EXPIRED if over and state == ProofState.ACCEPTED else state,
            "valid_until": proof.valid_until,
        }


EXPECTATIONS = Replica(
    KnownExpectation,
    Facet(
        "version",
        (ExpectationDefined, ExpectationWithdrawn),
        "control_id",
        "title",
        withdrawn=is_one_of(ExpectationWithdrawn),
    ),
)
PROOFS = Replica(
    KnownProof,
    Facet("version", tuple(_STATES), "control_id", "title", "state", "valid_until", rows=_proofs),
    key=("item_id", "expectation_id"),
)


async def note_expectations(
    session: AsyncSession, heard: Sequence[Heard[AboutExpectation]], *, at: datetime, noted_at: datetime
) -> None:
    """Take in what is expected of controls, and reassess these."""
    await _reassess_by(session, await EXPECTATIONS.note(session, heard), at=at, noted_at=noted_at)


async def note_proofs(
    session: AsyncSession, heard: Sequence[Heard[AboutItem]], *, at: datetime, noted_at: datetime
) -> None:
    """Take in what items prove, and reassess the controls."""
    await _reassess_by(session, await PROOFS.note(session, heard), at=at, noted_at=noted_at)


async def _reassess_by(session: AsyncSession, news: Sequence[News], *, at: datetime, noted_at: datetime) -> None:
    causes: dict[UUID, UUID] = {told.row["control_id"]: told.heard.id for told in news}
    await reassess_known(session, causes, at=at, noted_at=noted_at, causes=causes)


async def reassess_known(
    session: AsyncSession,
    control_ids: Collection[UUID],
    *,
    at: datetime,
    noted_at: datetime | None = None,
    causes: Mapping[UUID, UUID] | None = None,
) -> None:
    """Reassess those of the controls that there are: evidence may speak of one that has not been written down here."""
    await reassess(session, *await hold(session, control_ids), at=at, noted_at=noted_at, causes=causes)


async def reassess(
    session: AsyncSession,
    *controls: Control,
    at: datetime,
    noted_at: datetime | None = None,
    causes: Mapping[UUID, UUID] | None = None,
) -> None:
    """Compute the health anew and announce where the state has changed. The controls' rows are locked by then.

    However many controls there are, the statements are as many as for one. `causes` are the events that bring it
    about, by control, where not all have the same.
    """
    if not controls:
        return
    why = causes or dict.fromkeys((each.id for each in controls), cause())
    await session.flush()
    before = await last_announced(session, [each.id for each in controls])
    facts = await facts_of(session, controls)
    found = [
        Reassessment(
            each,
            before[each.id],
            assess(facts[each.id], as_of=at),
            next_change(facts[each.id], as_of=at),
            at,
            why[each.id],
        )
        for each in controls
    ]
    await _write(session, [each for each in found if each.is_to_be_written], noted_at=noted_at or at)
    await _extend_history(session, [each for each in found if each.turns], noted_at=noted_at or at)
    await announce_each(session, [each.told() for each in found if each.moved], by=SYSTEM, at=at)


async def reassess_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Reassess what may have changed by the clock; how many controls it was.

    Controls that are held by someone else are reassessed by them, or in the next turn; nothing is announced twice.
    """
    health = table_of(Health).c
    due = select(health.id).where(health.review_at <= as_of).order_by(health.review_at).limit(limit).subquery()
    free = select(Control).where(col(Control.id).in_(select(due.c.id))).order_by(col(Control.id))
    controls = (await session.scalars(free.with_for_update(skip_locked=True))).all()
    await reassess(session, *controls, at=as_of)
    return len(controls)


@dataclass(frozen=True, slots=True)
class Reassessment:
    """A control's health as last announced, and as it was found now."""

    control: Control
    before: Announced
    result: Assessment
    review_at: datetime | None
    at: datetime
    cause: UUID | None

    @property
    def moved(self) -> bool:
        return self.result.state != self.before.state

    @property
    def turns(self) -> bool:
        """Whether a page of the history is turned: with each other state, and at the very beginning."""
        return self.moved or self.before.version == 0

    @property
    def says_anything_new(self) -> bool:
        return self.moved or self.result.reasons != self.before.reasons

    @property
    def is_to_be_written(self) -> bool:
        return self.says_anything_new or self.review_at != self.before.review_at

    @property
    def version(self) -> int:
        return self.before.version + 1 if self.says_anything_new else self.before.version

    @property
    def since(self) -> datetime:
        """What is heard late never makes the history run backwards."""
        begun = self.before.since
        if begun is None:
            return self.at
        return max(self.at, begun) if self.moved else begun

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
            cause=self.cause,
        )


async def _write(session: AsyncSession, found: Sequence[Reassessment], *, noted_at: datetime) -> None:
    rows = [
        {
            "id": each.control.id,
            "org_id": each.control.org_id,
            "state": each.result.state,
            "reasons": each.result.reasons,
            "reason_codes": each.result.codes,
            "since": each.since,
            "review_at": each.review_at,
            "version": each.version,
            "created_at": noted_at,
            "updated_at": noted_at,
        }
        for each in found
    ]
    await insert_rows(session, table_of(Health), rows, renew=_RENEWED)


async def _extend_history(session: AsyncSession, turned: Sequence[Reassessment], *, noted_at: datetime) -> None:
    if not turned:
        return
    ends = {"of": [each.control.id for each in turned], "at": [each.since for each in turned], "noted_at": noted_at}
    await session.execute(END_PAGES, ends)
    rows = [
        {
            "id": new_id(),
            "org_id": each.control.org_id,
            "control_id": each.control.id,
            "state": each.result.state,
            "before": each.before.state if each.before.version else None,
            "reasons": each.result.reasons,
            "reason_codes": each.result.codes,
            "since": each.since,
            "cause": each.cause,
            "version": 1,
            "created_at": noted_at,
            "updated_at": noted_at,
        }
        for each in turned
    ]
    await insert_rows(session, table_of(HealthChange), rows)
