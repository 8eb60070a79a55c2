"""What the items of a sample come to, in numbers. Pure; what a deviation means is judged by a person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from services.audit.sampling.deviation_limits.rules import UpperLimit, upper_limit
from services.audit.sampling.samples.models import ItemStatus
from services.audit.sampling.samples.schemas import SampleDesign
from services.audit.sampling.selections.rules import STATISTICAL, SelectionMethod

_PERCENT, _PER_MILLE = 100, 1000


@dataclass(frozen=True, slots=True)
class Basis:
    """What an upper limit rests on: the risk of the design, and how many items the population has."""

    risk: Fraction
    population: int


def basis_of(method: SelectionMethod, design: SampleDesign, population: int) -> Basis | None:
    """What a limit of this sample rests on; None where none follows.

    The selection has to be random or systematic, and the size one of attribute sampling: a size by frequency is
    judgement, and says no confidence.
    """
    if method not in STATISTICAL or design.by_attributes is None:
        return None
    return Basis(1 - Fraction(design.by_attributes.confidence_percent, _PERCENT), population)


def evaluated(
    counts: Mapping[ItemStatus, int], deviating: Iterable[Sequence[str]], codes: Sequence[str], basis: Basis | None
) -> dict[str, Any]:
    """The numbers of `EvaluationOut`; `deviating` names the attributes of each item that deviated.

    An item that could not be tested deviates in every attribute.
    """
    unavailable = counts[ItemStatus.UNAVAILABLE]
    deviations = counts[ItemStatus.DEVIATION] + unavailable
    tested = counts[ItemStatus.PASSED] + deviations
    by_attribute = Counter(code for attributes in deviating for code in attributes)
    limit = _limit(tested, deviations, basis)
    return {
        "tested": tested,
        "deviations": deviations,
        "unavailable": unavailable,
        "not_applicable": counts[ItemStatus.NOT_APPLICABLE],
        "rate_per_mille": rate(deviations, tested),
        "upper_limit_per_mille": limit and limit.per_mille,
        "upper_limit_items": limit and limit.deviating,
        "confidence_percent": None if basis is None else int(_PERCENT * (1 - basis.risk)),
        "attributes": [_attribute(code, by_attribute[code] + unavailable, tested, basis) for code in codes],
    }


def rate(deviations: int, tested: int) -> int:
    """The deviation rate in tenths of a percent, rounded half up; 0 of none."""
    return (2 * _PER_MILLE * deviations + tested) // (2 * tested) if tested else 0


def _attribute(code: str, deviations: int, tested: int, basis: Basis | None) -> dict[str, Any]:
    limit = _limit(tested, deviations, basis)
    return {
        "code": code,
        "deviations": deviations,
        "rate_per_mille": rate(deviations, tested),
        "upper_limit_per_mille": limit and limit.per_mille,
    }


def _limit(tested: int, deviations: int, basis: Basis | None) -> UpperLimit | None:
    if basis is None or not tested:
        return None
    return upper_limit(tested, deviations, basis.risk, basis.population)
