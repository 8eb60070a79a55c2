"""Counting: a computed indicator has another value when what it counts has become more or fewer.

Who hears of what is counted, and who defines what to count, do it one at a time: neither would see what the other is
about to commit. Whoever counts takes that turn before locking any row.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.indicators.indicator_definitions.queries import counted
from services.risk.indicators.indicator_values.actions import New, record
from services.risk.indicators.indicators.actions import define, revise
from services.risk.indicators.indicators.models import Indicator, Metric
from services.risk.indicators.indicators.queries import computed
from services.risk.indicators.indicators.schemas import IndicatorDraft, IndicatorRevision
from shared.clock import new_id
from shared.data.records import lock_rows, one_at_a_time
from shared.data.sessions import instant_of
from shared.events.event import Heard
from shared.identity.callers import SYSTEM, Actor

_SOURCE = "attest"
_SMALLEST = datetime.resolution
_TURN = UUID("00000000-0000-7000-8000-000000000001")  # shares its lane with some things, which costs a short wait


async def wait_for_turn(session: AsyncSession, heard: Iterable[Heard[Any]] = ()) -> None:
    """Let nobody else count here, or hear of these things, until the transaction ends."""
    await one_at_a_time(session, _TURN, *(event.subject for event in heard))


async def count(session: AsyncSession, metric: Metric, heard: Sequence[Heard[Any]]) -> None:
    """Count again what an organisation's indicators of this metric count, after this was heard."""
    indicators = await lock_rows(session, computed([metric]))
    newest = max(heard, key=lambda event: event.occurred_at)
    await _count(session, indicators, at=instant_of(session), cause=newest.id)


async def define_and_count(session: AsyncSession, *, draft: IndicatorDraft, by: Actor, at: datetime) -> Indicator:
    """Define an indicator and, if it is computed, count at once."""
    await wait_for_turn(session)
    indicator = await define(session, draft=draft, by=by, at=at)
    await session.flush()
    if indicator.metric is not None:
        await _count(session, [indicator], at=at)
    return indicator


async def revise_and_count(
    session: AsyncSession, indicator_id: UUID, *, revision: IndicatorRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change an indicator and, if it is computed, count again: it may count other controls from now on."""
    await wait_for_turn(session)
    indicator = await revise(session, indicator_id, revision=revision, expected=expected, by=by, at=at)
    if indicator.metric is not None:
        await _count(session, [indicator], at=at)


async def _count(
    session: AsyncSession, indicators: Sequence[Indicator], *, at: datetime, cause: UUID | None = None
) -> None:
    new: list[New] = []
    for indicator in indicators:
        assert indicator.metric is not None, "it was selected as computed"
        number = await counted(session, Metric(indicator.metric), indicator.control_ids)
        if number != indicator.value:
            before = indicator.measured_at
            measured_at = at if before is None else max(at, before + _SMALLEST)
            new.append(New(len(new), measured_at, float(number), _SOURCE, str(new_id()), indicator))
    if new:
        await record(session, new, by=SYSTEM, at=at, cause=cause)
