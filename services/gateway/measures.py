"""What operators see of compliance itself: the numbers of posture, summed over all organisations, without any names."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.telemetry import compliance

# The newest row of each organisation, by one step of the primary key each, however many days are kept.
_SUMS = text(
    """
    with recursive newest as (
        (select org_id, numbers from posture_days order by org_id desc, day desc limit 1)
        union all
        select next.org_id, next.numbers from newest cross join lateral (
            select org_id, numbers from posture_days where posture_days.org_id < newest.org_id
            order by org_id desc, day desc limit 1) next
    )
    select block.key as block, member.key as name, sum(cast(member.value as bigint)) as number
    from newest, jsonb_each(numbers) block, jsonb_each(block.value) member
    where jsonb_typeof(member.value) = 'number' group by 1, 2
    """
)
# A gauge, the name of its label, and of each value of the label the block and the number that it shows.
_SHOWN = {
    "controls": ("health", {name: ("controls", name) for name in ("healthy", "at_risk", "failing", "unknown")}),
    "evidence": ("freshness", {name: ("evidence", name) for name in ("fresh", "expiring", "expired")}),
    "collections": (
        "state",
        {"open": ("evidence", "collections_open"), "overdue": ("evidence", "collections_overdue")},
    ),
    "risks": (
        "standing",
        {name: ("risks", name) for name in ("within_appetite", "above_appetite", "above_tolerance", "above_capacity")},
    ),
    "issues": ("severity", {name: ("issues", name) for name in ("critical", "high", "medium", "low")}),
    "findings": (
        "state",
        {"open": ("findings", "open"), "undecided": ("findings", "candidates_undecided")},
    ),
    "requests": ("state", {"open": ("requests", "open"), "overdue": ("requests", "overdue")}),
}


async def measure_compliance(look: AsyncConnection) -> None:
    """Set every number, also those of which there are none; they are as old as those that posture keeps of a day."""
    sums = {(row.block, row.name): int(row.number) for row in await look.execute(_SUMS)}
    for name, (label, shown) in _SHOWN.items():
        for value, number in shown.items():
            compliance[name].set(sums.get(number, 0), {label: value})
