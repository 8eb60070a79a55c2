"""Methods: the shipped ones cell by cell, and what makes one sound."""

from typing import Any

import pytest

from services.risk.terms.method_terms.rules import appetite_of, beyond_scale, faults_in, level_of, rank_of
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import DEFAULT, PRESETS, SOURCES, PresetName

NAMES = {"VL": "very_low", "L": "low", "M": "moderate", "H": "high", "VH": "very_high"}

# NIST SP 800-30 r1, table I-2, as printed: the highest likelihood first, impact from very low to very high.
TABLE_I_2 = {
    5: "VL L M H VH",
    4: "VL L M H VH",
    3: "VL L M M H",
    2: "VL L L L M",
    1: "VL VL VL L L",
}
FIVE_BY_FIVE = {
    5: "M H H VH VH",
    4: "L M H H VH",
    3: "L L M H H",
    2: "VL L L M H",
    1: "VL VL L L M",
}
CELLS = [
    (preset, likelihood, impact, NAMES[level])
    for preset, table in ((PresetName.NIST_800_30, TABLE_I_2), (PresetName.FIVE_BY_FIVE, FIVE_BY_FIVE))
    for likelihood, row in table.items()
    for impact, level in enumerate(row.split(), start=1)
]


def _terms(**changes: Any) -> MethodTerms:
    return MethodTerms.model_validate(PRESETS[DEFAULT].model_dump() | changes)


@pytest.mark.parametrize(("preset", "likelihood", "impact", "level"), CELLS)
def test_a_cell_of_a_preset(preset: PresetName, likelihood: int, impact: int, level: str) -> None:
    assert level_of(PRESETS[preset], likelihood, impact) == level


@pytest.mark.parametrize("preset", PresetName)
def test_a_preset_is_sound_and_says_where_it_is_from(preset: PresetName) -> None:
    assert faults_in(PRESETS[preset]) == []
    assert len(SOURCES[preset]) > 50


def test_one_preset_is_symmetric_and_the_other_is_no_product() -> None:
    own, nist = PRESETS[PresetName.FIVE_BY_FIVE], PRESETS[PresetName.NIST_800_30]
    steps = range(1, 6)
    assert all(level_of(own, a, b) == level_of(own, b, a) for a in steps for b in steps)
    assert level_of(nist, 5, 1) != level_of(nist, 1, 5)
    assert rank_of(nist, level_of(nist, 5, 2)) < rank_of(nist, level_of(nist, 2, 5))


def test_appetite_is_by_category_with_a_default() -> None:
    terms = _terms(appetite={"default": "moderate", "by_category": {"privacy": "low"}})
    assert (appetite_of(terms, "privacy"), appetite_of(terms, "security")) == ("low", "moderate")


def test_a_rating_keeps_to_the_scales() -> None:
    assert beyond_scale(PRESETS[DEFAULT], 5, 1, at="/inherent") == []
    pointers = [fault.pointer for fault in beyond_scale(PRESETS[DEFAULT], 6, 0, at="/inherent")]
    assert pointers == ["/inherent/likelihood", "/inherent/impact"]


def _matrix(**cells: str) -> list[list[str]]:
    matrix = [list(row) for row in PRESETS[DEFAULT].matrix]
    for place, level in cells.items():
        matrix[int(place[1])][int(place[2])] = level
    return matrix


NIST = PRESETS[DEFAULT].model_dump()
FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    ({"matrix": _matrix(c23="medium")}, ["/matrix/2/3"]),
    ({"matrix": _matrix()[:4]}, ["/matrix"]),
    ({"matrix": [*_matrix()[:4], _matrix()[4][:3]]}, ["/matrix/4"]),
    ({"matrix": _matrix(c44="very_low")}, ["/matrix/4/4", "/matrix/4/4"]),
    ({"matrix": _matrix(c00="low")}, ["/matrix/0/1", "/matrix/1/0"]),
    ({"appetite": {"default": "none"}}, ["/appetite/default"]),
    ({"appetite": {"default": "low", "by_category": {"fraud": "none"}}}, ["/appetite/by_category/fraud"]),
    ({"levels": [*NIST["levels"], NIST["levels"][0]]}, ["/levels/5/name"]),
    ({"likelihood": [*NIST["likelihood"][:4], NIST["likelihood"][0]]}, ["/likelihood/4/word"]),
    ({"impact": [*NIST["impact"][:4], NIST["impact"][1]]}, ["/impact/4/word"]),
]


@pytest.mark.parametrize(("changes", "pointers"), FAULTY)
def test_what_is_not_sound_is_named(changes: dict[str, Any], pointers: list[str]) -> None:
    faults = faults_in(_terms(**changes), at="/method")
    assert [fault.pointer for fault in faults] == [f"/method{pointer}" for pointer in pointers]
