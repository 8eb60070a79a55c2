"""The verb of values: take in what was measured, many at once and each by itself.

Whoever adds a value holds the indicator first, so that two pushes never judge it side by side.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.indicators.indicator_values.queries import Reading, Told, recorded_before
from services.risk.indicators.indicator_values.schemas import (
    PushedValue,
    Unreadable,
    ValueAnswer,
    ValuePushOut,
    ValueStatus,
)
from services.risk.indicators.indicators.actions import event_fields, judge_again
from services.risk.indicators.indicators.models import Indicator, IndicatorStatus, IndicatorValue
from services.risk.indicators.indicators.rules import silent_after
from shared.clock import CLOCK_SKEW, new_id
from shared.data.base import table_of
from shared.data.bulk import among, insert_rows
from shared.data.records import lock_rows
from shared.events.catalogue.indicators import IndicatorMeasured
from shared.events.trail import announce
from shared.http.batches import Refusal, shorten
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, Problem

_ID_LENGTH = 36


class UnknownIndicator(Invalid):
    """The indicator does not exist."""


class NotYetMeasured(Invalid):
    """The measurement time is in the future."""


class IndicatorNotPushed(Conflict):
    """The indicator takes no values: it is computed or retired."""


class MeasuredOtherwise(Conflict):
    """The source already reported another value for this reading."""


class ValuesRefused(Invalid):
    """Some values were refused, and none was recorded."""


@dataclass(frozen=True, slots=True)
class New:
    """A value that is not recorded yet, with the id it has from now on."""

    index: int
    measured_at: datetime
    value: float
    source: str
    reading: str
    indicator: Indicator
    id: UUID = field(default_factory=new_id)

    @property
    def key(self) -> Reading:
        return Reading(self.indicator.id, self.source, self.reading)


async def push(
    session: AsyncSession, *, values: Sequence[PushedValue | Unreadable], atomic: bool, by: Actor, at: datetime
) -> ValuePushOut:
    """Record what was measured, once: the same again is known already, and another value of it refused.

    `ValuesRefused` when any is refused and `atomic` asks for all or nothing.
    """
    indicators = await _named(session, {value.indicator for value in values if isinstance(value, PushedValue)})
    judged = [_judged(index, value, indicators, at) for index, value in enumerate(values)]
    keys = {value.key for value in judged if isinstance(value, New)}
    known = await recorded_before(session, keys) if keys else {}
    answers: list[ValueAnswer] = []
    new: list[New] = []
    for index, value in enumerate(judged):
        if isinstance(value, New):
            answers.append(_answer(value, known, new))
        else:
            answers.append(_refused(index, value))
    refused = [answer.problem for answer in answers if answer.problem is not None]
    if atomic and refused:
        faults = [Fault(fault.pointer, fault.detail) for problem in refused for fault in problem.errors]
        raise ValuesRefused(f"{len(refused)} of {len(values)} values were refused; none is recorded.", faults=faults)
    shorten(refused)
    late = await record(session, new, by=by, at=at)
    for answer in answers:
        if answer.id in late:
            answer.status = ValueStatus.RECORDED_LATE
    counts = Counter(answer.status for answer in answers)
    return ValuePushOut(
        recorded=len(new),
        already_known=counts[ValueStatus.ALREADY_KNOWN],
        refused=counts[ValueStatus.REFUSED],
        values=answers,
    )


async def record(
    session: AsyncSession, new: Sequence[New], *, by: Actor, at: datetime, cause: UUID | None = None
) -> set[UUID]:
    """Add values to locked indicators and judge those that have a newer one than before; the ids of the late ones."""
    by_indicator: dict[UUID, list[New]] = defaultdict(list)
    for value in new:
        by_indicator[value.indicator.id].append(value)
    late = {
        value.id
        for value in new
        if value.indicator.measured_at is not None and value.measured_at <= value.indicator.measured_at
    }
    await insert_rows(session, table_of(IndicatorValue), [_row(value, value.id in late, by, at) for value in new])
    newer = [_advance(values) for values in by_indicator.values() if not all(value.id in late for value in values)]
    await judge_again(session, newer, by=by, at=at, cause=cause)
    for values in by_indicator.values():
        event = IndicatorMeasured(**event_fields(values[0].indicator), recorded=len(values))
        announce(session, event, about=values[0].indicator, by=by, at=at, cause=cause)
    return late


def _advance(values: Sequence[New]) -> Indicator:
    """Let the indicator have the newest of these values."""
    indicator = values[0].indicator
    newer = sorted(
        (value for value in values if indicator.measured_at is None or value.measured_at > indicator.measured_at),
        key=lambda value: (value.measured_at, value.id),
    )
    newest, before = newer[-1], newer[-2].value if len(newer) > 1 else indicator.value
    indicator.previous_value, indicator.value, indicator.measured_at = before, newest.value, newest.measured_at
    indicator.silent_at, indicator.silence_told = silent_after(indicator, newest.measured_at), False
    return indicator


async def _named(session: AsyncSession, references: set[str]) -> dict[str, Indicator]:
    """The indicators of these codes or ids, locked, by what names them."""
    ids = {reference: UUID(reference) for reference in references if _is_id(reference)}
    table = table_of(Indicator).c
    query = (
        select(Indicator)
        .where(or_(among(table.code, references), among(table.id, list(ids.values()))))
        .order_by(col(Indicator.id))
    )
    found = await lock_rows(session, query)
    by_id = {indicator.id: indicator for indicator in found}
    named = {reference: by_id[key] for reference, key in ids.items() if key in by_id}
    return named | {indicator.code: indicator for indicator in found}


def _is_id(reference: str) -> bool:
    try:
        return len(reference) == _ID_LENGTH and UUID(reference) is not None
    except ValueError:
        return False


def _judged(
    index: int, sent: PushedValue | Unreadable, indicators: Mapping[str, Indicator], at: datetime
) -> New | Problem:
    place = f"/values/{index}"
    if isinstance(sent, Unreadable):
        faults = [Fault(f"{place}{fault.pointer}", fault.detail) for fault in sent.faults]
        return Invalid("The value is not what it should be.", faults=faults)
    indicator = indicators.get(sent.indicator)
    if indicator is None:
        fault = Fault(f"{place}/indicator", "unknown")
        return UnknownIndicator(f"There is no indicator {sent.indicator}.", faults=[fault])
    if indicator.metric is not None or indicator.status == IndicatorStatus.RETIRED:
        what = "computed" if indicator.metric is not None else "retired"
        return IndicatorNotPushed(f"{indicator.code} is {what}.", faults=[Fault(f"{place}/indicator", what)])
    if sent.measured_at > at + CLOCK_SKEW:
        return NotYetMeasured("measured_at is in the future.", faults=[Fault(f"{place}/measured_at", "in the future")])
    return New(index, sent.measured_at, sent.value, sent.source, sent.reading, indicator)


def _answer(value: New, known: dict[Reading, Told], new: list[New]) -> ValueAnswer:
    first = known.get(value.key)
    if first is None:
        known[value.key] = Told(value.id, value.measured_at, value.value)
        new.append(value)
        return ValueAnswer(index=value.index, status=ValueStatus.RECORDED, id=value.id, problem=None)
    if (first.measured_at, first.value) == (value.measured_at, value.value):
        return ValueAnswer(index=value.index, status=ValueStatus.ALREADY_KNOWN, id=first.id, problem=None)
    other = MeasuredOtherwise(
        f"{value.source} reported {first.value:g} at {first.measured_at.isoformat()} as {value.reading} before.",
        faults=[Fault(f"/values/{value.index}/reading", "was another value")],
    )
    return _refused(value.index, other, first.id)


def _refused(index: int, problem: Problem, first: UUID | None = None) -> ValueAnswer:
    return ValueAnswer(index=index, status=ValueStatus.REFUSED, id=first, problem=Refusal.of(problem))


def _row(value: New, late: bool, by: Actor, at: datetime) -> dict[str, object]:
    return {
        "id": value.id,
        "org_id": value.indicator.org_id,
        "indicator_id": value.indicator.id,
        "value": value.value,
        "measured_at": value.measured_at,
        "recorded_at": at,
        "recorded_by": by.recorded,
        "source": value.source,
        "reading": value.reading,
        "late": late,
    }
