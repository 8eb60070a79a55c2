"""The verb of a remapping, fifty deliveries a transaction: what was done is not done again after a crash."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.mapping.mappings.actions import map_all
from services.integrations.mapping.remappings.queries import how_many, next_ones
from services.integrations.mapping.remappings.schemas import RemappingInput, RemappingOut
from shared.data.sessions import instant_of
from shared.identity.permissions import P
from shared.jobs.job import Outcome, Step
from shared.jobs.work import Concluded, Job, Work

_AT_ONCE = 50


async def remap_as_job(work: Work[RemappingInput]) -> Concluded:
    """Map again what was delivered, the oldest first, until nothing is left."""
    kept: Mapping[str, Any] = work.kept or {"after": None, "total": None, "states": {}, "facts": 0, "replaced": 0}
    more = True

    async def some(session: AsyncSession) -> Step:
        nonlocal kept, more
        total = await how_many(session, work.input) if kept["total"] is None else kept["total"]
        after = UUID(kept["after"]) if kept["after"] else None
        deliveries = await next_ones(session, work.input, after=after, limit=_AT_ONCE)
        gained = await map_all(session, deliveries, at=instant_of(session))
        states = Counter(kept["states"]) + gained.states
        more = len(deliveries) == _AT_ONCE
        kept = {
            "after": str(deliveries[-1].id) if deliveries else kept["after"],
            "total": total,
            "states": dict(states),
            "facts": kept["facts"] + gained.facts,
            "replaced": kept["replaced"] + gained.replaced,
        }
        return Step(min(0.99, states.total() / total if total else 0.99), kept)

    while more:
        await work.step(some)

    async def counted(_session: AsyncSession) -> Outcome:
        numbers = {name: kept[name] for name in ("states", "facts", "replaced")}
        return Outcome(RemappingOut(deliveries=sum(kept["states"].values()), **numbers))

    return await work.conclude(counted)


REMAPPING = Job("delivery-remapping", RemappingInput, P.MAPPING_VERSIONS_WRITE, remap_as_job)
