"""What a person's screen shows in the demo: the event stream, as it is told, and the inbox."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from deploy.client import Organisation, done, eventually
from tests.gateway.streaming import opened

_RAISED = "audit.candidate.raised"


@dataclass(slots=True)
class Screen:
    """How often the open stream has told of each candidate."""

    org: Organisation
    told: Counter[str] = field(default_factory=Counter)

    async def listen(self) -> None:
        """Read the stream for as long as the screen is open."""
        async with opened(self.org.viewer, type=_RAISED) as messages:
            async for message in messages:
                if message.get("data", {}).get("type") == _RAISED:
                    self.told[message["data"]["subject"]] += 1

    async def until_told(self, candidate: str) -> None:
        """As soon as the stream has told of a candidate; RuntimeError when it did so more than once."""

        async def is_told() -> bool:
            return self.told[candidate] > 0

        await eventually(is_told, every=0.005)
        if self.told[candidate] > 1:
            raise RuntimeError(f"The stream told {self.told[candidate]} times of the candidate {candidate}.")

    async def until_in_inbox(self, candidate: str) -> dict[str, Any]:
        """The task that a candidate is for management, as soon as it is in the inbox."""

        async def task() -> dict[str, Any] | None:
            items = done(await self.org.manager.get("/v1/inbox", params={"limit": 200}))["items"]
            return next((each for each in items if each["id"] == candidate), None)

        return await eventually(task, every=0.005)


@asynccontextmanager
async def screen(org: Organisation) -> AsyncIterator[Screen]:
    """A screen with an open stream."""
    showing = Screen(org)
    listening = asyncio.create_task(showing.listen())
    try:
        yield showing
    finally:
        listening.cancel()
        await asyncio.wait([listening])
