"""Loss exceedance curves: as data, as pictures and as pages."""

import uuid
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from services.risk.pictures.colours.rules import RAMP, contrast, level_colours, text_on
from services.risk.pictures.loss_curves.rules import as_html, as_svg, in_words
from services.risk.pictures.loss_curves.schemas import LossCurve
from services.risk.terms.colours.rules import lightness
from tests.risk.estimated import estimated
from tests.risk.given import identified
from tests.support import Organisation, created, ok, problem

_SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ET.Element:
    """A picture that we have drawn."""
    return ET.fromstring(svg)  # noqa: S314 - our own


def _curve(title: str = "Board", tolerance: int | None = 50_000, many: int = 2) -> LossCurve:
    points = [(0, 0.4), (100, 0.4), (10_000, 0.3), (100_000, 0.1), (900_000, 0.001)]
    series = {
        "id": str(uuid.UUID(int=1)),
        "trials": 10_000,
        "mean": 20_000,
        "above_tolerance": None if tolerance is None else 0.2,
        "above_capacity": None,
        "points": [{"amount": amount, "probability": probability} for amount, probability in points],
    }
    kinds = ("compound", "product")[:many]
    return LossCurve.model_validate(
        {
            "title": title,
            "currency": "EUR",
            "decimals": 2,
            "tolerance": tolerance,
            "capacity": None,
            "series": [series | {"simulation": kind, "label": f"{title} ({kind})"} for kind in kinds],
        }
    )


def test_the_picture_is_xml_with_words() -> None:
    picture = parsed(as_svg(_curve("<script>alert('x')</script> & co")))
    title, description = (picture.find(f"{_SVG}{name}") for name in ("title", "desc"))
    assert title is not None
    assert title.text == "Loss exceedance: <script>alert('x')</script> & co"
    assert description is not None
    assert "Tolerance 500.00 EUR is exceeded in 20 % of years." in (description.text or "")
    assert picture.find(f".//{_SVG}script") is None
    assert as_svg(_curve()) == as_svg(_curve())


def test_two_curves_differ_by_their_dashes_and_labels() -> None:
    picture = parsed(as_svg(_curve()))
    solid, dashed = picture.findall(f"{_SVG}path")
    assert solid.get("stroke-dasharray") is None
    assert dashed.get("stroke-dasharray")
    for line in (solid, dashed):
        assert contrast(line.get("stroke", ""), "#ffffff") >= 4.5
    words = [text.text or "" for text in picture.findall(f"{_SVG}text")]
    assert any(word.startswith("Board (compound)") for word in words)
    assert any(word.startswith("Board (product)") for word in words)
    assert "Tolerance 500.00 EUR" in words


@pytest.mark.parametrize("points", [[(0, 0.0)], [(0, 1.0), (5, 0.5)], [(0, 1.0), (10**15, 0.5)]])
def test_curves_at_the_edge_are_drawn(points: list[tuple[int, float]]) -> None:
    curve = _curve(tolerance=None, many=1)
    given = [{"amount": amount, "probability": probability} for amount, probability in points]
    edge = LossCurve.model_validate(curve.model_dump() | {"series": [curve.series[0].model_dump() | {"points": given}]})
    assert parsed(as_svg(edge)) is not None
    assert "nan" not in as_svg(edge)


def test_the_table_says_what_the_picture_shows() -> None:
    page = as_html(_curve())
    assert '<th scope="row">25 %</th><td>1,000.00 EUR</td>' in page
    assert '<th scope="row">Tolerance 500.00 EUR exceeded</th><td>20 %</td>' in page
    assert "<svg" in page
    assert in_words(_curve()).startswith("Loss of a year in EUR")


def test_the_ramp_falls_in_lightness_and_is_read_on_every_step() -> None:
    for many in range(2, 8):
        colours = level_colours(["#808080"] * many)
        steps = [lightness(colour) for colour in colours]
        assert steps == sorted(steps, reverse=True)
        assert all(low - high >= 5 for low, high in pairwise(steps))
        assert all(contrast(text_on(colour), colour) >= 4.5 for colour in colours)
    assert level_colours(list(RAMP)) == list(RAMP)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


async def test_a_curve_is_answered_in_every_form(org: Organisation, other_org: Organisation) -> None:
    risk = await identified(org)
    scenario = await estimated(org, risk)
    draft: dict[str, Any] = {"scenario_ids": [scenario["id"]], "trials": 2_000, "tolerance": 500_000, "seed": 1}
    first, second = [
        created(await org.risk.post("/v1/loss-simulations", json=draft | {"simulation": kind}))
        for kind in ("compound", "product")
    ]
    (result, _) = ok(await org.risk.get("/v1/loss-results", params={"scenario_id": scenario["id"]}))["items"]
    base = f"/v1/loss-simulations/{first['id']}/curve"
    curve = ok(await org.risk.get(base))
    assert curve["series"][0]["points"] == first["figures"]["curve"]
    assert (curve["tolerance"], curve["decimals"]) == (500_000, 2)
    both = ok(await org.risk.get(base, params={"beside": second["id"]}))
    assert [series["simulation"] for series in both["series"]] == ["compound", "product"]
    for path in (base, f"/v1/loss-results/{result['id']}/curve"):
        svg = await org.risk.get(path, params={"as": "svg"})
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert parsed(svg.text) is not None
        assert "sandbox" in svg.headers["content-security-policy"]
        png = await org.risk.get(path, params={"as": "png"})
        assert png.content.startswith(b"\x89PNG")
        assert "<table>" in (await org.risk.get(path, params={"as": "html"})).text
        problem(await org.viewer.get(path), 403, "forbidden")
        problem(await other_org.risk.get(path), 404, "not-found")
    problem(await org.risk.get(base, params={"beside": str(uuid.uuid4())}), 422, "invalid")
    dollars = await estimated(org, risk, currency="USD")
    other = draft | {"scenario_ids": [dollars["id"]], "simulation": "product"}
    other = created(await org.risk.post("/v1/loss-simulations", json=other))
    refused = problem(await org.risk.get(base, params={"beside": other["id"]}), 422, "invalid")
    assert refused["errors"] == [{"pointer": "query/beside", "detail": "It is in USD."}]
    for path in (f"/v1/loss-simulations/{uuid.uuid4()}/curve", f"/v1/loss-results/{uuid.uuid4()}/curve"):
        problem(await org.risk.get(path), 404, "not-found")
