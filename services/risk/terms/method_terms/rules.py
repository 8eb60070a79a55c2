"""What makes a method sound, and how one is looked up. Pure functions.

A rating is looked up in the organisation's matrix and never multiplied: table I-2 of NIST SP 800-30 r1 is neither
symmetric nor a product. A method is sound when:

1. The matrix has a row for each step of likelihood, and each row a cell for each step of impact.
2. Every cell and every appetite names one of the method's levels.
3. No level falls while likelihood or impact rises; otherwise a control that works could raise a risk.
4. Neither two steps of a scale nor two levels are called the same.
"""

from collections.abc import Iterator, Sequence

from services.risk.terms.method_terms.schemas import MethodTerms
from shared.problems import Fault


def level_of(terms: MethodTerms, likelihood: int, impact: int) -> str:
    """The name of the level for a step of likelihood and one of impact, both counted from 1."""
    return terms.matrix[likelihood - 1][impact - 1]


def rank_of(terms: MethodTerms, level: str) -> int:
    """The place of a level, 1 being the lowest."""
    return _names(terms).index(level) + 1


def word_of(terms: MethodTerms, level: str) -> str:
    """The word for a level."""
    return terms.levels[rank_of(terms, level) - 1].word


def appetite_of(terms: MethodTerms, category: str) -> str:
    """The name of the highest level that is accepted for a category of risk."""
    return terms.appetite.by_category.get(category, terms.appetite.default)


def beyond_scale(terms: MethodTerms, likelihood: int, impact: int, *, at: str) -> list[Fault]:
    """What of a rating the method's scales do not have; `at` is the pointer of the rating."""
    given = (("likelihood", likelihood, terms.likelihood), ("impact", impact, terms.impact))
    return [
        Fault(f"{at}/{factor}", f"The method's scale of {factor} has the steps 1 to {len(scale)}, not {step}.")
        for factor, step, scale in given
        if not 1 <= step <= len(scale)
    ]


def faults_in(terms: MethodTerms, *, at: str = "") -> list[Fault]:
    """What keeps a method from being sound; `at` is the pointer of the method in the request."""
    faults = [
        *_repeated([step.word for step in terms.likelihood], f"{at}/likelihood", "word"),
        *_repeated([step.word for step in terms.impact], f"{at}/impact", "word"),
        *_repeated(_names(terms), f"{at}/levels", "name"),
        *_misshapen(terms, f"{at}/matrix"),
        *_unnamed(terms, at),
    ]
    # Only a matrix that is whole, of levels that exist, can be walked through.
    return faults or list(_falling(terms, f"{at}/matrix"))


def _names(terms: MethodTerms) -> list[str]:
    return [level.name for level in terms.levels]


def _repeated(names: Sequence[str], at: str, member: str) -> Iterator[Fault]:
    for place, name in enumerate(names):
        if name in names[:place]:
            yield Fault(f"{at}/{place}/{member}", f"'{name}' is listed twice.")


def _misshapen(terms: MethodTerms, at: str) -> Iterator[Fault]:
    rows, columns = len(terms.likelihood), len(terms.impact)
    if len(terms.matrix) != rows:
        yield Fault(at, f"Likelihood has {rows} steps; the matrix has {len(terms.matrix)} rows.")
    for place, row in enumerate(terms.matrix):
        if len(row) != columns:
            yield Fault(f"{at}/{place}", f"Impact has {columns} steps; this row has {len(row)} cells.")


def _unnamed(terms: MethodTerms, at: str) -> Iterator[Fault]:
    used = [
        *((f"{at}/matrix/{y}/{x}", name) for y, row in enumerate(terms.matrix) for x, name in enumerate(row)),
        (f"{at}/appetite/default", terms.appetite.default),
        *((f"{at}/appetite/by_category/{category}", name) for category, name in terms.appetite.by_category.items()),
    ]
    known = _names(terms)
    for pointer, name in used:
        if name not in known:
            yield Fault(pointer, f"'{name}' is not one of the levels {', '.join(known)}.")


def _falling(terms: MethodTerms, at: str) -> Iterator[Fault]:
    ranks = [[rank_of(terms, name) for name in row] for row in terms.matrix]
    for y, row in enumerate(ranks):
        for x, rank in enumerate(row):
            below = [*([("likelihood", ranks[y - 1][x])] if y else []), *([("impact", row[x - 1])] if x else [])]
            for factor, lower in below:
                if rank < lower:
                    yield Fault(f"{at}/{y}/{x}", f"The level decreases although {factor} increases.")
