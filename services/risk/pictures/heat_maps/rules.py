"""The heat map of a register, from counts. Pure functions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from services.risk.pictures.colours.rules import level_colours
from services.risk.pictures.heat_maps.schemas import HeatCell, HeatLevel, HeatMap, HeatMove
from services.risk.register.ratings.rules import standing_of
from services.risk.terms.method_terms.rules import limits_of
from services.risk.terms.method_terms.schemas import MethodTerms

K = TypeVar("K")
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RatedAlike:
    """How many risks have these inherent and current places (likelihood, impact)."""

    inherent: Place
    current: Place
    count: int


def heat_map(
    terms: MethodTerms, category: str | None, groups: Sequence[RatedAlike], first_ids: Mapping[Place, Sequence[UUID]]
) -> HeatMap:
    """The map of the risks in these groups; `first_ids` are of the risks that are at a place now.

    Risks are rated by the method in force, so that its matrix has every place.
    """
    current = _counted((group.current, group.count) for group in groups)
    inherent = _counted((group.inherent, group.count) for group in groups)
    cells = [
        HeatCell(
            likelihood=likelihood,
            impact=impact,
            level=level,
            standing=standing_of(terms, category, level),
            current=current[likelihood, impact],
            inherent=inherent[likelihood, impact],
            risk_ids=list(first_ids.get((likelihood, impact), ())),
        )
        for likelihood, row in enumerate(terms.matrix, start=1)
        for impact, level in enumerate(row, start=1)
    ]
    return HeatMap(
        method=terms.title,
        category=category,
        **limits_of(terms, category).model_dump(),
        likelihood=[step.word for step in terms.likelihood],
        impact=[step.word for step in terms.impact],
        levels=_levels(terms, _counted((cell.level, cell.current) for cell in cells)),
        cells=cells,
        moves=_moves(groups),
        risks=sum(group.count for group in groups),
    )


def codes_of(words: Sequence[str]) -> list[str]:
    """A short code for each word: its initials, with the place where two would have the same."""
    initials = ["".join(part[0] for part in word.split())[:3].upper() for word in words]
    return [code if initials.count(code) == 1 else f"{code}{place}" for place, code in enumerate(initials, start=1)]


def _counted(counts: Iterable[tuple[K, int]]) -> Counter[K]:
    counted: Counter[K] = Counter()
    for key, count in counts:
        counted[key] += count
    return counted


def _levels(terms: MethodTerms, counts: Mapping[str, int]) -> list[HeatLevel]:
    colours = level_colours([level.colour for level in terms.levels])
    codes = codes_of([level.word for level in terms.levels])
    return [
        HeatLevel(name=level.name, word=level.word, code=code, colour=colour, count=counts.get(level.name, 0))
        for level, code, colour in zip(terms.levels, codes, colours, strict=True)
    ]


def _moves(groups: Iterable[RatedAlike]) -> list[HeatMove]:
    moved = sorted((group for group in groups if group.inherent != group.current), key=_most_first)
    return [
        HeatMove(
            from_likelihood=group.inherent[0],
            from_impact=group.inherent[1],
            to_likelihood=group.current[0],
            to_impact=group.current[1],
            count=group.count,
        )
        for group in moved
    ]


def _most_first(group: RatedAlike) -> tuple[int, Place, Place]:
    return -group.count, group.inherent, group.current
