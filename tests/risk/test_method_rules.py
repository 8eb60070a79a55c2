"""Methods: the shipped ones cell by cell, and what makes one sound."""

from typing import Any

import pytest

from services.risk.terms.method_terms.rules import (
    authority_for,
    beyond_likelihood_table,
    beyond_scale,
    faults_in,
    level_of,
    limits_of,
    overall_likelihood,
    rank_of,
)
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
THREE_BY_THREE = {3: "M H H", 2: "L M H", 1: "L L M"}
# NIST SP 800-30 r1, table G-5, as printed: the highest likelihood of occurrence first, harm from very low to very high.
TABLE_G_5 = {
    5: "L M H VH VH",
    4: "L M M H VH",
    3: "L L M M H",
    2: "VL L L M M",
    1: "VL VL L L L",
}
CELLS = [
    (preset, likelihood, impact, NAMES[level])
    for preset, table in (
        (PresetName.NIST_800_30, TABLE_I_2),
        (PresetName.FIVE_BY_FIVE, FIVE_BY_FIVE),
        (PresetName.THREE_BY_THREE, THREE_BY_THREE),
    )
    for likelihood, row in table.items()
    for impact, level in enumerate(row.split(), start=1)
]


def _terms(**changes: Any) -> MethodTerms:
    return MethodTerms.model_validate(PRESETS[DEFAULT].model_dump() | changes)


@pytest.mark.parametrize(("preset", "likelihood", "impact", "level"), CELLS)
def test_a_cell_of_a_preset(preset: PresetName, likelihood: int, impact: int, level: str) -> None:
    assert level_of(PRESETS[preset], likelihood, impact) == level


@pytest.mark.parametrize(
    ("occurrence", "harm", "likelihood"),
    [
        (occurrence, harm, list(NAMES).index(step) + 1)
        for occurrence, row in TABLE_G_5.items()
        for harm, step in enumerate(row.split(), start=1)
    ],
)
def test_a_cell_of_the_table_of_overall_likelihood(occurrence: int, harm: int, likelihood: int) -> None:
    assert overall_likelihood(PRESETS[DEFAULT], occurrence, harm) == likelihood


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


def test_limits_are_by_category_with_a_default() -> None:
    terms = _terms(thresholds=_thresholds(privacy=("low", "moderate", "high")))
    assert (limits_of(terms, "privacy").appetite, limits_of(terms, "security").appetite) == ("low", "moderate")


@pytest.mark.parametrize("preset", PresetName)
def test_every_level_has_an_authority(preset: PresetName) -> None:
    """Each level is accepted by somebody, for no longer and by no fewer people than the level below."""
    terms = PRESETS[preset]
    found = [authority_for(terms, level.name) for level in terms.levels]
    assert [each.level for each in found] == [level.name for level in terms.levels]
    assert [each.longest_months for each in found] == sorted((each.longest_months for each in found), reverse=True)
    assert [each.approvers for each in found] == sorted(each.approvers for each in found)


def test_likelihood_by_occurrence_and_harm_keeps_to_the_table() -> None:
    assert beyond_likelihood_table(PRESETS[DEFAULT], 5, 1, at="/inherent") == []
    pointers = [fault.pointer for fault in beyond_likelihood_table(PRESETS[DEFAULT], 6, 7, at="/inherent")]
    assert pointers == ["/inherent/occurrence", "/inherent/harm"]
    (fault,) = beyond_likelihood_table(PRESETS[PresetName.FIVE_BY_FIVE], 1, 1, at="/inherent")
    assert fault.pointer == "/inherent/occurrence"


def test_a_rating_keeps_to_the_scales() -> None:
    assert beyond_scale(PRESETS[DEFAULT], 5, 1, at="/inherent") == []
    pointers = [fault.pointer for fault in beyond_scale(PRESETS[DEFAULT], 6, 0, at="/inherent")]
    assert pointers == ["/inherent/likelihood", "/inherent/impact"]


def _matrix(**cells: str) -> list[list[str]]:
    matrix = [list(row) for row in PRESETS[DEFAULT].matrix]
    for place, level in cells.items():
        matrix[int(place[1])][int(place[2])] = level
    return matrix


def _thresholds(**by_category: tuple[str, str, str]) -> dict[str, Any]:
    names = ("appetite", "tolerance", "capacity")
    limits = {category: dict(zip(names, levels, strict=True)) for category, levels in by_category.items()}
    thresholds: dict[str, Any] = NIST["thresholds"]
    return thresholds | {"by_category": limits}


def _authority(place: int, **changes: Any) -> list[dict[str, Any]]:
    return [each | changes if at == place else each for at, each in enumerate(NIST["authority"])]


def _likelihood_table(**changes: Any) -> dict[str, Any]:
    table: dict[str, Any] = NIST["likelihood_table"]
    return table | changes


NIST = PRESETS[DEFAULT].model_dump()
FAULTY: list[tuple[dict[str, Any], list[str]]] = [
    ({"matrix": _matrix(c23="medium")}, ["/matrix/2/3"]),
    ({"matrix": _matrix()[:4]}, ["/matrix"]),
    ({"matrix": [*_matrix()[:4], _matrix()[4][:3]]}, ["/matrix/4"]),
    ({"matrix": _matrix(c44="very_low")}, ["/matrix/4/4", "/matrix/4/4"]),
    ({"matrix": _matrix(c00="low")}, ["/matrix/0/1", "/matrix/1/0"]),
    (
        {"thresholds": _thresholds(fraud=("none", "high", "most"))},
        ["/thresholds/by_category/fraud/appetite", "/thresholds/by_category/fraud/capacity"],
    ),
    ({"thresholds": _thresholds(fraud=("high", "low", "high"))}, ["/thresholds/by_category/fraud/tolerance"]),
    ({"thresholds": _thresholds(fraud=("low", "high", "low"))}, ["/thresholds/by_category/fraud/capacity"]),
    ({"credit": {"by_health": {"healthy": "half", "at_risk": "full"}}}, ["/credit/by_health/at_risk"]),
    ({"credit": {"by_health": {"at_risk": "none", "unknown": "half"}}}, ["/credit/by_health/unknown"]),
    ({"credit": {"by_health": {"failing": "half"}}}, ["/credit/by_health/failing"]),
    ({"credit": {"floor": {"likelihood": 6, "impact": 1}}}, ["/credit/floor/likelihood"]),
    ({"authority": NIST["authority"][1:]}, ["/authority"]),
    ({"authority": _authority(1, level="little")}, ["/authority/1/level"]),
    ({"authority": _authority(3, roles=[])}, ["/authority/3/roles"]),
    ({"authority": _authority(3, roles=["firm-staff"])}, ["/authority/3/roles"]),
    ({"authority": _authority(4, approvers=0, roles=[])}, ["/authority/4/approvers"]),
    ({"authority": _authority(4, longest_months=24)}, ["/authority/4/longest_months"]),
    ({"likelihood_table": _likelihood_table(table=NIST["likelihood_table"]["table"][:4])}, ["/likelihood_table/table"]),
    (
        {"likelihood_table": _likelihood_table(table=[[6] * 5] * 5)},
        [f"/likelihood_table/table/{y}/{x}" for y in range(5) for x in range(5)],
    ),
    (
        {"likelihood_table": _likelihood_table(table=[[2] * 5, [1] * 5, *[[2] * 5] * 3])},
        [f"/likelihood_table/table/1/{x}" for x in range(5)],
    ),
    ({"levels": [*NIST["levels"], NIST["levels"][0]]}, ["/levels/5/name"]),
    ({"likelihood": [*NIST["likelihood"][:4], NIST["likelihood"][0]]}, ["/likelihood/4/word"]),
    ({"impact": [*NIST["impact"][:4], NIST["impact"][1]]}, ["/impact/4/word"]),
]


@pytest.mark.parametrize(("changes", "pointers"), FAULTY)
def test_what_is_not_sound_is_named(changes: dict[str, Any], pointers: list[str]) -> None:
    faults = faults_in(_terms(**changes), at="/method")
    assert [fault.pointer for fault in faults] == [f"/method{pointer}" for pointer in pointers]
