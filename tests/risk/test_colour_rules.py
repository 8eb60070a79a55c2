"""Colours of levels: the reference values of the published ramps, and what is said of colours that some cannot see."""

from itertools import pairwise

import pytest

from services.risk.terms.colours.rules import difference, lightness, warnings_about
from services.risk.terms.presets.rules import PRESETS, PresetName

YL_OR_BR = ["#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404"]
CIVIDIS = ["#fee838", "#bcae6c", "#7c7b78", "#414d6b", "#00224e"]
TRAFFIC_LIGHTS = ["#15803d", "#65a30d", "#d97706", "#dc2626", "#7f1d1d"]
WORDS = ["Very low", "Low", "Moderate", "High", "Very high"]
VISIONS = ["normal vision", "deuteranopia", "protanopia", "tritanopia"]


@pytest.mark.parametrize(
    ("ramp", "expected"),
    [(YL_OR_BR, [99, 88, 72, 55, 36]), (CIVIDIS, [91, 71, 52, 33, 14]), (TRAFFIC_LIGHTS, [47, 61, 60, 48, 28])],
)
def test_lightness(ramp: list[str], expected: list[int]) -> None:
    assert [round(lightness(colour)) for colour in ramp] == expected


@pytest.mark.parametrize(
    ("ramp", "expected"),
    [
        (YL_OR_BR, [23.6, 17.8, 23.4, 20.9]),
        (CIVIDIS, [22.8, 23.4, 21.0, 17.3]),
        (TRAFFIC_LIGHTS, [35.5, 10.6, 9.7, 17.9]),
    ],
)
def test_the_least_difference_of_neighbours(ramp: list[str], expected: list[float]) -> None:
    found = [min(difference(one, other, vision) for one, other in pairwise(ramp)) for vision in VISIONS]
    assert found == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize("preset", PresetName)
def test_the_presets_are_seen_by_everyone(preset: PresetName) -> None:
    levels = PRESETS[preset].levels
    assert warnings_about([level.colour for level in levels], [level.word for level in levels]) == []


def test_what_some_do_not_see_is_said() -> None:
    in_grey, with_protanopia = warnings_about(TRAFFIC_LIGHTS, WORDS)
    assert in_grey.startswith("The colour of 'Low' is not darker than that of 'Very low': in grey,")
    assert with_protanopia.startswith("With protanopia, the colours of 'Low' and 'Moderate' are hard to tell apart")
    assert "ΔE 9.7" in with_protanopia
    assert len(warnings_about(["#000000", "#000000"], ["A", "B"])) == 1 + len(VISIONS)
