"""What a process has used: processor time and memory, as Linux counts them."""

import asyncio
import os
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_MIB = 1024
_LOOK_SECONDS = 0.3
_REST = 0.25
_PATIENCE = 60


def processor_ms(pid: int) -> float:
    """Processor time of a process so far, its own and the kernel's on its behalf, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_MS


def processor_ms_with_children(pid: int) -> float:
    """Processor time of a process and of its children, those that have ended as well, in milliseconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) * _TICK_MS
    return own + sum(map(processor_ms_with_children, children_of(pid)))


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that live."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def proportional_mib(pid: int) -> float:
    """Memory of a process and its children, in MiB; each has its part of what several share."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = int(rollup.partition("\nPss:")[2].split()[0]) / _MIB
    return own + sum(map(proportional_mib, children_of(pid)))


def resident_mib(pid: int) -> float:
    """Memory of a process that is in RAM, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / _MIB


async def until_at_rest(pids: Iterable[int]) -> None:
    """Wait until these processes together use less than a quarter of one processor; TimeoutError if they never do."""
    watched = list(pids)
    for _ in range(int(_PATIENCE / _LOOK_SECONDS)):
        before = sum(map(processor_ms, watched))
        await asyncio.sleep(_LOOK_SECONDS)
        if sum(map(processor_ms, watched)) - before < _REST * _LOOK_SECONDS * 1000:
            return
    raise TimeoutError("the services never came to rest")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]
