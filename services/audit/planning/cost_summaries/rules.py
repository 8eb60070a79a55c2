"""How cost entries add up. Pure.

Each entry counts in one cell: its programme, year, kind of cost and currency. Amounts of two currencies are never
added together, and nothing is converted. The difference is the budget less the actual: negative when it was exceeded.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from services.audit.planning.cost_entries.models import CostKind, CostMeasure


@dataclass(frozen=True, slots=True)
class Amount:
    """The sum of entries that count in the same cell and on the same side, in minor units and minutes."""

    programme_id: UUID | None
    engagement_id: UUID | None
    year: int
    kind: CostKind
    currency: str
    decimals: int
    measure: CostMeasure
    amount: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Budget and actual amounts of one currency, in its minor units."""

    currency: str
    decimals: int
    budget: int
    actual: int

    @property
    def difference(self) -> int:
        """The budget less the actual: negative when it was exceeded."""
        return self.budget - self.actual


@dataclass(frozen=True, slots=True)
class Summary:
    """What a programme costs in a year; without a programme, what engagements for none cost."""

    programme_id: UUID | None
    year: int
    kinds: list[tuple[CostKind, Sums]]
    totals: list[Sums]
    budget_minutes: int
    actual_minutes: int
    engagement_ids: set[UUID] = field(default_factory=set)


def summaries(amounts: Iterable[Amount]) -> list[Summary]:
    """One summary for each programme and year, years in order; what is for no programme comes last in its year."""
    by_place: dict[tuple[UUID | None, int], list[Amount]] = defaultdict(list)
    for amount in amounts:
        by_place[amount.programme_id, amount.year].append(amount)
    ordered = sorted(by_place, key=lambda place: (place[1], place[0] is None, str(place[0])))
    return [_summary(programme_id, year, by_place[programme_id, year]) for programme_id, year in ordered]


def _summary(programme_id: UUID | None, year: int, amounts: list[Amount]) -> Summary:
    minutes: Counter[CostMeasure] = Counter()
    for amount in amounts:
        minutes[amount.measure] += amount.minutes
    return Summary(
        programme_id,
        year,
        [(kind, sums) for kind in CostKind for sums in _sums(each for each in amounts if each.kind == kind)],
        _sums(amounts),
        minutes[CostMeasure.BUDGET],
        minutes[CostMeasure.ACTUAL],
        {amount.engagement_id for amount in amounts if amount.engagement_id is not None},
    )


def _sums(amounts: Iterable[Amount]) -> list[Sums]:
    """The sums of each currency, in the order of their codes."""
    sums: dict[tuple[str, int], Counter[CostMeasure]] = defaultdict(Counter)
    for amount in amounts:
        sums[amount.currency, amount.decimals][amount.measure] += amount.amount
    return [
        Sums(currency, decimals, of[CostMeasure.BUDGET], of[CostMeasure.ACTUAL])
        for (currency, decimals), of in sorted(sums.items())
    ]
