"""What makes a method sound, and how one is looked up. Pure functions.

A rating is looked up in the organisation's matrix and never multiplied: table I-2 of NIST SP 800-30 r1 is neither
symmetric nor a product. A method is sound when:

1. The matrix has a row for each step of likelihood, and each row a cell for each step of impact; a likelihood table
   likewise for its two scales.
2. Every cell, threshold and authority names one of the method's levels.
3. No level falls while likelihood or impact rises; otherwise a control that works could raise a risk.
4. Neither two steps of a scale nor two levels are called the same.
5. Appetite ≤ tolerance ≤ capacity, by default and in each category.
6. A control earns no more credit in worse health, and a failing one earns none.
7. There is an authority for each level, and no higher level needs less of it.
"""

from collections.abc import Iterator, Sequence

from services.risk.terms.method_terms.schemas import (
    Authority,
    Credit,
    Limits,
    MethodTerms,
    Step,
)
from shared.identity.permissions import P
from shared.identity.roles import GRANTS, Role
from shared.problems import Fault

_WORTH = {Credit.NONE: 0, Credit.HALF: 1, Credit.FULL: 2}
_BETTER_AND_WORSE = (("healthy", "at_risk"), ("at_risk", "unknown"), ("at_risk", "failing"))
_MAY_APPROVE = frozenset(role for role in Role if P.RISKS_APPROVE in GRANTS[role])


def level_of(terms: MethodTerms, likelihood: int, impact: int) -> str:
    """The name of the level for a step of likelihood and one of impact, both counted from 1."""
    return terms.matrix[likelihood - 1][impact - 1]


def rank_of(terms: MethodTerms, level: str) -> int:
    """The place of a level, 1 being the lowest."""
    return _names(terms).index(level) + 1


def word_of(terms: MethodTerms, level: str) -> str:
    """The word for a level."""
    return terms.levels[rank_of(terms, level) - 1].word


def limits_of(terms: MethodTerms, category: str | None) -> Limits:
    """Appetite, tolerance and capacity for a category; None: those of categories without limits of their own."""
    return terms.thresholds.by_category.get(category or "", terms.thresholds.default)


def authority_for(terms: MethodTerms, level: str) -> Authority:
    """Who may accept a risk of this level, and for how long."""
    return terms.authority[rank_of(terms, level) - 1]


def beyond_scale(terms: MethodTerms, likelihood: int, impact: int, *, at: str) -> list[Fault]:
    """What of a rating the method's scales do not have; `at` is the pointer of the rating."""
    given = (("likelihood", likelihood, terms.likelihood), ("impact", impact, terms.impact))
    return [fault for factor, step, scale in given for fault in _beyond(scale, step, factor, f"{at}/{factor}")]


def beyond_likelihood_table(terms: MethodTerms, occurrence: int, harm: int, *, at: str) -> list[Fault]:
    """What of a likelihood told by occurrence and harm the method has no step for."""
    table = terms.likelihood_table
    if table is None:
        return [Fault(f"{at}/occurrence", "The method has no table that gives likelihood from occurrence and harm.")]
    given = (("occurrence", occurrence, table.occurrence), ("harm", harm, table.harm))
    return [fault for factor, step, scale in given for fault in _beyond(scale, step, factor, f"{at}/{factor}")]


def overall_likelihood(terms: MethodTerms, occurrence: int, harm: int) -> int:
    """The step of likelihood for a step of occurrence and one of harm, by the method's table."""
    assert terms.likelihood_table is not None
    return terms.likelihood_table.table[occurrence - 1][harm - 1]


def faults_in(terms: MethodTerms, *, at: str = "") -> list[Fault]:
    """What keeps a method from being sound; `at` is the pointer of the method in the request."""
    faults = [
        *_repeated([step.word for step in terms.likelihood], f"{at}/likelihood", "word"),
        *_repeated([step.word for step in terms.impact], f"{at}/impact", "word"),
        *_repeated(_names(terms), f"{at}/levels", "name"),
        *_misshapen(terms.matrix, len(terms.likelihood), len(terms.impact), f"{at}/matrix", ("likelihood", "impact")),
        *_unnamed(terms, at),
        *_of_credit(terms, f"{at}/credit"),
        *_of_likelihood_table(terms, f"{at}/likelihood_table"),
    ]
    # Only a matrix that is whole, of levels that exist, can be walked through.
    return faults or [
        *_falling(terms, f"{at}/matrix"),
        *_disordered(terms, f"{at}/thresholds"),
        *_of_authority(terms, f"{at}/authority"),
    ]


def _names(terms: MethodTerms) -> list[str]:
    return [level.name for level in terms.levels]


def _beyond(scale: Sequence[Step], step: int, factor: str, at: str) -> Iterator[Fault]:
    if not 1 <= step <= len(scale):
        yield Fault(at, f"The method's scale of {factor} has the steps 1 to {len(scale)}, not {step}.")


def _repeated(names: Sequence[str], at: str, member: str) -> Iterator[Fault]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Fault(f"{at}/{place}/{member}", f"'{name}' is listed twice.")


def _misshapen(
    table: Sequence[Sequence[object]], rows: int, columns: int, at: str, factors: tuple[str, str]
) -> Iterator[Fault]:
    down, across = factors
    if len(table) != rows:
        yield Fault(at, f"{down.capitalize()} has {rows} steps; the table has {len(table)} rows.")
    for place, row in enumerate(table):
        if len(row) != columns:
            yield Fault(f"{at}/{place}", f"{across.capitalize()} has {columns} steps; this row has {len(row)} cells.")


def _limits(terms: MethodTerms) -> Iterator[tuple[str, Limits]]:
    yield "default", terms.thresholds.default
    for category, limits in terms.thresholds.by_category.items():
        yield f"by_category/{category}", limits


def _unnamed(terms: MethodTerms, at: str) -> Iterator[Fault]:
    used = [
        *((f"{at}/matrix/{y}/{x}", name) for y, row in enumerate(terms.matrix) for x, name in enumerate(row)),
        *(
            (f"{at}/thresholds/{place}/{limit}", name)
            for place, limits in _limits(terms)
            for limit, name in limits.model_dump().items()
        ),
        *((f"{at}/authority/{place}/level", each.level) for place, each in enumerate(terms.authority)),
    ]
    known = _names(terms)
    for pointer, name in used:
        if name not in known:
            yield Fault(pointer, f"'{name}' is not one of the levels {', '.join(known)}.")


def _of_credit(terms: MethodTerms, at: str) -> Iterator[Fault]:
    credits_ = terms.credit.by_health
    for better, worse in _BETTER_AND_WORSE:
        if _WORTH[getattr(credits_, worse)] > _WORTH[getattr(credits_, better)]:
            yield Fault(f"{at}/by_health/{worse}", f"A control whose health is {worse} earns more than one {better}.")
    if credits_.failing != Credit.NONE:
        yield Fault(f"{at}/by_health/failing", "A failing control earns no credit.")
    for factor, scale in (("likelihood", terms.likelihood), ("impact", terms.impact)):
        yield from _beyond(scale, getattr(terms.credit.floor, factor), factor, f"{at}/floor/{factor}")


def _of_likelihood_table(terms: MethodTerms, at: str) -> Iterator[Fault]:
    table = terms.likelihood_table
    if table is None:
        return
    yield from _repeated([step.word for step in table.occurrence], f"{at}/occurrence", "word")
    yield from _repeated([step.word for step in table.harm], f"{at}/harm", "word")
    yield from _misshapen(table.table, len(table.occurrence), len(table.harm), f"{at}/table", ("occurrence", "harm"))
    for y, row in enumerate(table.table):
        for x, step in enumerate(row):
            yield from _beyond(terms.likelihood, step, "likelihood", f"{at}/table/{y}/{x}")
    yield from _lower(table.table, f"{at}/table", "likelihood", ("occurrence", "harm"))


def _falling(terms: MethodTerms, at: str) -> Iterator[Fault]:
    ranks = [[rank_of(terms, name) for name in row] for row in terms.matrix]
    return _lower(ranks, at, "level", ("likelihood", "impact"))


def _lower(table: Sequence[Sequence[int]], at: str, looked_up: str, factors: tuple[str, str]) -> Iterator[Fault]:
    """The cells that are lower than the one above or left of them, as far as the table has those."""
    down, across = factors
    for y, row in enumerate(table):
        for x, value in enumerate(row):
            below = [
                *([(down, table[y - 1][x])] if y and x < len(table[y - 1]) else []),
                *([(across, row[x - 1])] if x else []),
            ]
            for factor, lower in below:
                if value < lower:
                    yield Fault(f"{at}/{y}/{x}", f"The {looked_up} decreases although {factor} increases.")


def _disordered(terms: MethodTerms, at: str) -> Iterator[Fault]:
    for place, limits in _limits(terms):
        names = limits.model_dump()
        for smaller, larger in (("appetite", "tolerance"), ("tolerance", "capacity")):
            if rank_of(terms, names[smaller]) > rank_of(terms, names[larger]):
                yield Fault(f"{at}/{place}/{larger}", f"The {larger} is below the {smaller}.")


def _of_authority(terms: MethodTerms, at: str) -> Iterator[Fault]:
    if [each.level for each in terms.authority] != _names(terms):
        yield Fault(at, f"Name each level once, in this order: {', '.join(_names(terms))}.")
        return
    for place, each in enumerate(terms.authority):
        if bool(each.approvers) != bool(each.roles):
            yield Fault(f"{at}/{place}/roles", "Name the roles of the approvers, and none where the owner is enough.")
        for role in each.roles:
            if role not in _MAY_APPROVE:
                yield Fault(f"{at}/{place}/roles", f"Nobody with the role {role} can approve an acceptance.")
        below = terms.authority[place - 1] if place else each
        if each.approvers < below.approvers:
            yield Fault(f"{at}/{place}/approvers", "A higher level needs as many approvers as the one below, or more.")
        if each.longest_months > below.longest_months:
            yield Fault(f"{at}/{place}/longest_months", "A higher level is accepted for no longer than the one below.")
