"""The verb of health: assess controls by what is known of them, and announce each change once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.controls.health.health.models import Health, HealthChange
from services.controls.health.health.queries import (
    END_PAGES,
    NEVER_ANNOUNCED,
    Announced,
    facts_of,
    last_announced,
    waived_until,
)
from services.controls.health.health.rules import Assessment, assess, next_change
from services.controls.register.controls.models import Control
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import lock_by_id, lock_free
from shared.data.sessions import instant_of
from shared.data.transactions import Touch, Written, is_new, touched
from shared.events.catalogue.controls import (
    ControlAtRisk,
    ControlFailing,
    ControlProven,
    ControlRecovered,
    ControlUnproven,
    HealthState,
    ReasonCode,
)
from shared.events.event import Event
from shared.events.trail import announce
from shared.identity.callers import SYSTEM

_WORKS = frozenset({HealthState.HEALTHY, HealthState.AT_RISK})
_RENEWED = ("state", "reasons", "reason_codes", "since", "review_at", "version", "updated_at")
_KINDS: dict[HealthState, type[Event]] = {
    HealthState.FAILING: ControlFailing,
    HealthState.AT_RISK: ControlAtRisk,
    HealthState.HEALTHY: ControlProven,
    HealthState.UNKNOWN: ControlUnproven,
}


async def reassess(session: AsyncSession, touched_controls: Mapping[UUID, Touch]) -> None:
    """Compute the health of these controls, in as many statements as for one, and announce what is news."""
    controls = await lock_by_id(session, Control, touched_controls)
    if not controls:
        return
    before = await last_announced(session, [control.id for control in controls if not is_new(session, control)])
    earliest = min(touch.at for touch in touched_controls.values())
    facts = await facts_of(session, controls, as_of=earliest)
    found = [
        Reassessment(
            control,
            before.get(control.id, NEVER_ANNOUNCED),
            assess(facts[control.id], as_of=touched_controls[control.id].at),
            next_change(facts[control.id], as_of=touched_controls[control.id].at),
            touched_controls[control.id],
        )
        for control in controls
    ]
    await _write(session, [change for change in found if change.is_to_be_written])
    await _extend_history(session, [change for change in found if change.changes_state])
    news = [change for change in found if change.is_news]
    waived = await waived_until(session, [change.control.id for change in news]) if news else {}
    for change in news:
        reason, touch = " ".join(change.result.reasons), change.touch
        event = change.event(waived.get(change.control.id))
        announce(session, event, about=change.written(), by=SYSTEM, at=touch.at, reason=reason, cause=touch.cause)


async def reassess_due(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Have those controls reassessed whose health may have changed by the clock; how many it was.

    Controls that someone else has locked are reassessed by them, or in the next turn; nothing is announced twice.
    """
    health = table_of(Health).c
    due = select(health.id).where(health.review_at <= as_of).order_by(health.review_at).limit(limit).subquery()
    of_these = select(Control).where(col(Control.id).in_(select(due.c.id))).order_by(col(Control.id))
    controls = await lock_free(session, of_these)
    touched(session, *(control.id for control in controls), at=as_of)
    return len(controls)


@dataclass(frozen=True, slots=True)
class Reassessment:
    """A control's health as last announced, and as it was found now."""

    control: Control
    before: Announced
    result: Assessment
    review_at: datetime | None
    touch: Touch

    @property
    def moved(self) -> bool:
        return self.result.state != self.before.state

    @property
    def is_news(self) -> bool:
        """Whether it is announced: another state, or failing for reasons of other kinds than its open issues."""
        other = self.before.codes ^ {*self.result.codes}
        return self.moved or (self.result.state == HealthState.FAILING and not other <= {ReasonCode.SERIOUS_ISSUE_OPEN})

    @property
    def changes_state(self) -> bool:
        """Whether a page of the history is turned: with each other state, and at the very beginning."""
        return self.moved or self.before.version == 0

    @property
    def has_changes(self) -> bool:
        return self.moved or self.result.reasons != self.before.reasons

    @property
    def is_to_be_written(self) -> bool:
        return self.has_changes or self.review_at != self.before.review_at

    @property
    def version(self) -> int:
        return self.before.version + 1 if self.has_changes else self.before.version

    @property
    def since(self) -> datetime:
        """What is heard late never changes the order of the history."""
        at, begun = self.touch.at, self.before.since
        return at if begun is None else max(at, begun) if self.moved else begun

    def event(self, waived_until: datetime | None) -> Event:
        """The event that announces the change."""
        before, result = self.before.state, self.result
        kind = ControlRecovered if before == HealthState.FAILING and result.state in _WORKS else _KINDS[result.state]
        return kind(
            code=self.control.code,
            title=self.control.title,
            health=result.state,
            before=before,
            reasons=result.reasons,
            reason_codes=result.codes,
            failing_since=self.failing_since,
            waived_until=waived_until,
        )

    @property
    def failing_since(self) -> datetime | None:
        """From when the control failed, which may be long before that was found."""
        since = self.result.failing_since
        return min(since, self.touch.at) if since else None

    def written(self) -> Written:
        """What changes of the control's health."""
        before, after = ({"state": each.state, "reasons": each.reasons} for each in (self.before, self.result))
        return Written(self.control.id, self.version, before, after)


async def _write(session: AsyncSession, found: Sequence[Reassessment]) -> None:
    noted_at = instant_of(session)
    rows = [
        {
            "id": change.control.id,
            "org_id": change.control.org_id,
            "state": change.result.state,
            "reasons": change.result.reasons,
            "reason_codes": change.result.codes,
            "since": change.since,
            "review_at": change.review_at,
            "version": change.version,
            "created_at": noted_at,
            "updated_at": noted_at,
        }
        for change in found
    ]
    await insert_rows(session, table_of(Health), rows, renew=_RENEWED)


async def _extend_history(session: AsyncSession, turned: Sequence[Reassessment]) -> None:
    noted_at = instant_of(session)
    if ended := [change for change in turned if change.before.version]:
        ends = {
            "of": [change.control.id for change in ended],
            "at": [change.since for change in ended],
            "noted_at": noted_at,
        }
        await session.execute(END_PAGES, ends)
    rows = [
        {
            "id": new_id(),
            "org_id": change.control.org_id,
            "control_id": change.control.id,
            "state": change.result.state,
            "before": change.before.state if change.before.version else None,
            "reasons": change.result.reasons,
            "reason_codes": change.result.codes,
            "since": change.since,
            "cause": change.touch.cause,
            "version": 1,
            "created_at": noted_at,
            "updated_at": noted_at,
        }
        for change in turned
    ]
    await insert_rows(session, table_of(HealthChange), rows)
