"""What this area does in child processes, so that numpy is in no service's memory."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any
from uuid import UUID

from shared.children.pool import Children
from shared.children.task import MEBIBYTE, ChildTask, Limits

_MODULE = "services.risk.quantification.simulation.rules"
_DOING = "Simulating losses"
_LONG = Limits(memory=1536 * MEBIBYTE, processor_seconds=900, elapsed_seconds=1_800)
# What a request waits for runs in its transaction, so that few may wait with a connection in their hands.
_SHORT = Limits(memory=512 * MEBIBYTE, processor_seconds=20, elapsed_seconds=30)

SIMULATING = ChildTask(_MODULE, "simulate", _DOING, _LONG, at_once=2)
SIMULATING_AT_ONCE = ChildTask(_MODULE, "simulate", _DOING, _SHORT, waiting=4)
COMPARING = ChildTask(_MODULE, "compare", "Comparing losses", _SHORT, waiting=4)


async def parts_of_simulation(
    children: Children, task: ChildTask, org_id: UUID, arguments: Any, scenarios: Sequence[Any]
) -> AsyncGenerator[Any]:
    """What the task's function answers for these scenarios, part by part. Close it: `aclosing`."""
    given = json.dumps(scenarios).encode()
    async with aclosing(children.stream(task, org_id, arguments, [given])) as parts:
        async for part in parts:
            yield json.loads(part)
