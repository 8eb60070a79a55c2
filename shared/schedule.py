"""Work due by the clock: a service's `schedule.py` names it, one leader runs it, a person may ask for it now."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, text

from shared.clock import now
from shared.http.idempotency import KEPT
from shared.platform import Platform
from shared.telemetry import sweeps_failed, swept
from shared.withdrawals import WITHDRAWALS_KEPT

Due = Callable[[datetime], Select[Any]]
Run = Callable[..., Awaitable[int]]
_REST = 1.0  # so that those who wait for an answer find a processor and the disk free half of the time
_MAY_BE_IDLE = text("select set_config('idle_in_transaction_session_timeout', :idle, true)")
# Some of them a turn: after days without a worker, all of them might take longer than a statement may.
_FORGET_ANSWERS = """
    delete from stored_answers where ctid = any(array(
        select ctid from stored_answers where created_at < $1 order by created_at limit 20000
    ))
"""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sweep:
    """`due` selects the organisations with work at an instant; `run` does up to `limit` of it and says how much.

    `run(session, as_of=…, limit=…)` is one transaction of one organisation, which takes `turn` for its limit. `waits`
    is how long it may wait for something outside, such as a scanner, where that is longer than its role may be idle.
    """

    due: Due
    run: Run
    turn: int
    waits: timedelta | None = None

    @property
    def name(self) -> str:
        return self.run.__name__


def sweep(*, due: Due, turn: int = 500, waits: timedelta | None = None) -> Callable[[Run], Sweep]:
    """Mark a function as work due by the clock, of which one transaction does up to `turn`."""
    return lambda run: Sweep(due, run, turn, waits)


def sweeps_in(module: Any) -> tuple[Sweep, ...]:
    """The sweeps that a `schedule.py` defines."""
    return tuple(value for value in vars(module).values() if isinstance(value, Sweep))


async def run_for(platform: Platform, sweep: Sweep, org_id: UUID, as_of: datetime, *, rest: float = 0) -> int:
    """Run one sweep for one organisation until nothing is due, a bounded transaction at a time.

    After each it rests `rest` times as long as that took.
    """
    total = 0
    while True:
        began = time.monotonic()
        async with platform.database.transaction(org_id) as session:
            if sweep.waits is not None:
                await session.execute(_MAY_BE_IDLE, {"idle": f"{sweep.waits.total_seconds():.0f}s"})
            done = await sweep.run(session, as_of=as_of, limit=sweep.turn)
        if done:
            platform.bell.ring()
        total += done
        if done < sweep.turn:
            return total
        await asyncio.sleep(rest * (time.monotonic() - began))


class Schedule:
    """A leader's turn: every sweep, for every organisation in which something is due."""

    def __init__(self, platform: Platform, sweeps: Sequence[Sweep]) -> None:
        self._platform = platform
        self._sweeps = sweeps
        for sweep in sweeps:
            sweeps_failed.add(0, {"sweep": sweep.name})  # so that the first failure is seen as an increase

    async def turn(self, connection: asyncpg.Connection) -> float | None:
        """Run what is due now; nothing more is known of before the pause is over."""
        as_of = now()
        await connection.execute(_FORGET_ANSWERS, as_of - KEPT)
        await connection.execute("delete from token_withdrawals where heard_at < $1", as_of - WITHDRAWALS_KEPT)
        for sweep in self._sweeps:
            try:
                async with self._platform.database.across_organisations() as look:
                    due = list(await look.scalars(sweep.due(as_of)))
            except Exception:  # noqa: BLE001 - one sweep's trouble must not keep the others waiting
                _log.exception("sweep %s cannot find what is due", sweep.name)
                sweeps_failed.add(1, {"sweep": sweep.name})
                continue
            for org_id in due:
                try:
                    await run_for(self._platform, sweep, org_id, as_of, rest=_REST)
                except Exception:  # noqa: BLE001 - one organisation's trouble must not keep the others waiting
                    _log.exception("sweep %s failed for organisation %s", sweep.name, org_id)
                    sweeps_failed.add(1, {"sweep": sweep.name})
        swept.set(now().timestamp())
        return None


async def run_now(platform: Platform, sweeps: Sequence[Sweep], org_id: UUID) -> dict[str, int]:
    """Run what is due for one organisation at this moment; how much each sweep did."""
    return {sweep.name: await run_for(platform, sweep, org_id, now()) for sweep in sweeps}
