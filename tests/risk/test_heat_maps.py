"""The heat map: as data, as pictures and as a page."""

import uuid
from itertools import pairwise, product
from xml.etree import ElementTree as ET

import pytest

from services.risk.pictures.colours.rules import contrast, text_on
from services.risk.pictures.heat_map_pictures.rules import as_html, as_svg, in_words
from services.risk.pictures.heat_maps.rules import RatedAlike, codes_of, heat_map
from services.risk.pictures.heat_maps.schemas import HeatMap
from services.risk.terms.colours.rules import lightness
from services.risk.terms.presets.rules import PRESETS, PresetName
from shared.events.catalogue.risk import RiskStanding
from tests.risk.given import identified
from tests.support import Organisation, ok, problem

_SVG = "{http://www.w3.org/2000/svg}"


def _drawn(preset: PresetName, category: str | None = None) -> HeatMap:
    terms = PRESETS[preset]
    highest = len(terms.likelihood), len(terms.impact)
    groups = [RatedAlike(highest, (1, 2), 7), RatedAlike(highest, highest, 1)]
    return heat_map(terms, category, groups, {(1, 2): [uuid.UUID(int=1)]})


@pytest.mark.parametrize("preset", PRESETS)
def test_every_cell_counts_its_risks_and_shows_its_level(preset: PresetName) -> None:
    heat = _drawn(preset)
    terms = PRESETS[preset]
    assert [(cell.likelihood, cell.impact) for cell in heat.cells] == list(
        product(range(1, len(terms.likelihood) + 1), range(1, len(terms.impact) + 1))
    )
    for cell in heat.cells:
        assert cell.level == terms.matrix[cell.likelihood - 1][cell.impact - 1]
    assert {(cell.likelihood, cell.impact): cell.current for cell in heat.cells if cell.current} == {
        (1, 2): 7,
        (len(terms.likelihood), len(terms.impact)): 1,
    }
    assert sum(cell.inherent for cell in heat.cells) == heat.risks == 8
    assert [move.count for move in heat.moves] == [7]
    assert sum(level.count for level in heat.levels) == 8


@pytest.mark.parametrize("preset", PRESETS)
def test_the_picture_says_levels_in_words_and_is_read_without_colour(preset: PresetName) -> None:
    heat = _drawn(preset)
    picture = ET.fromstring(as_svg(heat))  # noqa: S314 - our own
    said = " ".join("".join(part.itertext()) for part in picture.iter(f"{_SVG}text"))
    for level in heat.levels:
        assert level.word in said
        assert level.code in said
        assert contrast(text_on(level.colour), level.colour) >= 4.5
    steps = [lightness(level.colour) for level in heat.levels]
    assert steps == sorted(steps, reverse=True)
    # The hatching grows denser from level to level: the second cue beside the colour.
    widths = [float(pattern.attrib["width"]) for pattern in picture.iter(f"{_SVG}pattern")]
    assert widths[1:] == sorted(widths[1:], reverse=True)
    assert as_svg(heat) == as_svg(heat)
    assert "7 now" in as_html(heat)
    assert "8 risks" in in_words(heat)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_arrow_runs_through_the_words_of_a_cell(preset: PresetName) -> None:
    terms = PRESETS[preset]
    places = [*product(range(1, len(terms.likelihood) + 1), range(1, len(terms.impact) + 1))]
    drawn = 0
    for start in places:
        ends = [place for place in places if place != start]
        for first in range(0, len(ends), 12):
            groups = [RatedAlike(start, end, 1) for end in ends[first : first + 12]]
            picture = ET.fromstring(as_svg(heat_map(terms, None, groups, {})))  # noqa: S314 - our own
            plain = [part.attrib for part in picture.iter(f"{_SVG}rect") if part.get("rx") == "3"]
            boxes = [tuple(float(box[name]) for name in ("x", "y", "width", "height")) for box in plain]
            assert len(boxes) == len(places)
            for line in picture.iter(f"{_SVG}polyline"):
                drawn += 1
                pairs = [point.split(",") for point in line.attrib["points"].split()]
                for (x, y), (to_x, to_y) in pairwise((float(across), float(down)) for across, down in pairs):
                    assert x == to_x or y == to_y, "along a column or a row"
                    for left, top, width, height in boxes:
                        beside = max(x, to_x) <= left or min(x, to_x) >= left + width
                        assert beside or max(y, to_y) <= top or min(y, to_y) >= top + height
    assert drawn == 2 * len(places) * (len(places) - 1)  # each with its white edge


def test_what_people_wrote_is_text_in_the_picture() -> None:
    heat = _drawn(PresetName.FIVE_BY_FIVE)
    hostile = heat.model_copy(update={"likelihood": ["<script>alert(1)</script>", *heat.likelihood[1:]]})
    picture = ET.fromstring(as_svg(hostile))  # noqa: S314 - our own
    assert picture.find(f".//{_SVG}script") is None
    assert "<script>" not in as_html(hostile)


def test_codes_are_short_and_told_apart() -> None:
    assert codes_of(["Very low", "Low", "Moderate", "High", "Very high"]) == ["VL", "L", "M", "H", "VH"]
    assert codes_of(["Minor", "Major"]) == ["M1", "M2"]


async def test_the_register_is_counted_by_likelihood_and_impact(org: Organisation, other_org: Organisation) -> None:
    first = await identified(org)
    second = await identified(org, code="R-02", category="privacy", inherent={"likelihood": 1, "impact": 1})
    heat = ok(await org.viewer.get("/v1/risk-heat-map"))
    counted = {(cell["likelihood"], cell["impact"]): cell for cell in heat["cells"] if cell["current"]}
    assert {place: cell["risk_ids"] for place, cell in counted.items()} == {(5, 4): [first], (1, 1): [second]}
    assert counted[1, 1]["standing"] == RiskStanding.WITHIN_APPETITE
    assert counted[5, 4]["standing"] != RiskStanding.WITHIN_APPETITE
    only = ok(await org.viewer.get("/v1/risk-heat-map", params={"category": "privacy"}))
    assert (only["risks"], only["category"]) == (1, "privacy")
    assert ok(await other_org.viewer.get("/v1/risk-heat-map"))["risks"] == 0


async def test_the_heat_map_is_answered_in_every_form(org: Organisation) -> None:
    await identified(org)
    svg = await org.viewer.get("/v1/risk-heat-map", params={"as": "svg"})
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in svg.headers["content-security-policy"]
    png = await org.viewer.get("/v1/risk-heat-map", params={"as": "png"})
    assert png.content.startswith(b"\x89PNG")
    assert "<table>" in (await org.viewer.get("/v1/risk-heat-map", params={"as": "html"})).text
    problem(await org.viewer.get("/v1/risk-heat-map", params={"as": "pdf"}), 422, "invalid")
    problem(await org.monitor.get("/v1/risk-heat-map"), 403, "forbidden")
