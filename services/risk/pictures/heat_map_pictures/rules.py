"""The picture of a heat map. Pure functions.

A level is told in four ways: by its word, by its code, by colours that grow darker and by hatching that grows denser. A
thick line follows the appetite, a dashed one the tolerance. Arrows lead from inherent to current ratings.
"""

import math
from collections.abc import Iterator
from typing import Any

from services.risk.pictures.colours.rules import text_on
from services.risk.pictures.drawing.rules import element, page, picture, shortened, table, text
from services.risk.pictures.heat_maps.schemas import HeatCell, HeatLevel, HeatMap, HeatMove
from shared.events.catalogue.risk import RiskStanding

Point = tuple[float, float]

_LEFT, _TOP, _CELL_WIDTH, _CELL_HEIGHT = 170.0, 70.0, 132.0, 84.0
_LEGEND = 150.0
_LEAST_WIDTH = 880.0  # of the legend
_MOST_ARROWS = 12
_COUNT_AT = 0.35  # of the way along an arrow
_SPACINGS = (0.0, 24.0, 16.0, 11.0, 8.0, 6.0, 5.0)  # of hatching, from none to dense
_APPETITE: dict[str, Any] = {"stroke": "#000000", "stroke_width": 6, "stroke_linecap": "square"}
_TOLERANCE: dict[str, Any] = {"stroke": "#000000", "stroke_width": 4, "stroke_dasharray": "9 6"}
_BESIDE = 6.0  # how far the tolerance line is from the edge, so that both lines are seen on one


def as_svg(heat: HeatMap) -> str:
    """The picture."""
    width = max(_LEFT + _CELL_WIDTH * len(heat.impact) + 30, _LEAST_WIDTH)
    height = _TOP + _CELL_HEIGHT * len(heat.likelihood) + _LEGEND
    parts = [
        element("defs", "".join(_hatchings(heat))),
        text(20, 34, shortened(_title(heat), int(width / 10)), size=18, font_weight="bold"),
        *(part for cell in heat.cells for part in _cell(heat, cell)),
        *_axes(heat),
        *_limit(heat, {RiskStanding.WITHIN_APPETITE}, 0.0, _APPETITE),
        *_limit(heat, {RiskStanding.WITHIN_APPETITE, RiskStanding.ABOVE_APPETITE}, _BESIDE, _TOLERANCE),
        *(part for move in heat.moves[:_MOST_ARROWS] for part in _arrow(heat, move)),
        *(part for cell in heat.cells for part in _words(heat, cell)),
        *(part for move in heat.moves[:_MOST_ARROWS] for part in _count_on(heat, move)),
        *_legend(heat),
    ]
    return picture(width, height, title=_title(heat), description=in_words(heat), parts=parts)


def as_html(heat: HeatMap) -> str:
    """The picture with tables that say the same."""
    by_place = {(cell.likelihood, cell.impact): cell for cell in heat.cells}
    words = {level.name: level.word for level in heat.levels}
    rows = [
        [word, *(_in_cell(by_place[likelihood, impact], words) for impact in range(1, len(heat.impact) + 1))]
        for likelihood, word in reversed(list(enumerate(heat.likelihood, start=1)))
    ]
    moves = [
        [
            f"{heat.likelihood[move.from_likelihood - 1]}, {heat.impact[move.from_impact - 1]}",
            f"{heat.likelihood[move.to_likelihood - 1]}, {heat.impact[move.to_impact - 1]}",
            str(move.count),
        ]
        for move in heat.moves
    ]
    tables = table("Current risks by likelihood (rows) and impact (columns)", ["Likelihood", *heat.impact], rows)
    tables += table("From inherent to current", ["Inherent: likelihood, impact", "Current", "Risks"], moves)
    return page(_title(heat), as_svg(heat), tables)


def in_words(heat: HeatMap) -> str:
    """What the picture shows."""
    counts = "; ".join(f"{level.word}: {level.count}" for level in heat.levels)
    words = {level.name: level.word for level in heat.levels}
    return (
        f"{heat.risks} risks by likelihood and impact, as rated now. {counts}. Appetite: {words[heat.appetite]};"
        f" tolerance: {words[heat.tolerance]}; capacity: {words[heat.capacity]}."
    )


def _title(heat: HeatMap) -> str:
    return "Risk heat map" if heat.category is None else f"Risk heat map: {heat.category}"


def _in_cell(cell: HeatCell, words: dict[str, str]) -> str:
    beyond = "" if cell.standing is RiskStanding.WITHIN_APPETITE else f", {cell.standing.replace('_', ' ')}"
    return f"{cell.current} now, {cell.inherent} inherent ({words[cell.level]}{beyond})"


def _hatchings(heat: HeatMap) -> Iterator[str]:
    """A pattern for each level: its colour with lines that are closer from level to level."""
    for place, level in enumerate(heat.levels):
        spacing = _SPACINGS[place]
        size = spacing or 8.0
        fill = element("rect", width=size, height=size, fill=level.colour)
        line = (
            element("line", x1=0, y1=0, x2=0, y2=size, stroke=text_on(level.colour), stroke_width=1.6, opacity=0.45)
            if spacing
            else ""
        )
        yield element(
            "pattern",
            fill + line,
            id=f"level-{place}",
            width=size,
            height=size,
            patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )


def _level(heat: HeatMap, name: str) -> tuple[int, HeatLevel]:
    return next((place, level) for place, level in enumerate(heat.levels) if level.name == name)


def _corner(heat: HeatMap, likelihood: float, impact: float) -> tuple[float, float]:
    """The upper left corner of a cell; likelihood rises upwards."""
    return _LEFT + (impact - 1) * _CELL_WIDTH, _TOP + (len(heat.likelihood) - likelihood) * _CELL_HEIGHT


def _cell(heat: HeatMap, cell: HeatCell) -> Iterator[str]:
    x, y = _corner(heat, cell.likelihood, cell.impact)
    place, level = _level(heat, cell.level)
    filled = f"url(#level-{place})"
    yield element("rect", x=x, y=y, width=_CELL_WIDTH, height=_CELL_HEIGHT, fill=filled, stroke="#555555")
    # The words stand on the plain colour, so that no hatching runs through them.
    yield element("rect", x=x + 10, y=y + 6, width=_CELL_WIDTH - 46, height=48, fill=level.colour, rx=3)


def _words(heat: HeatMap, cell: HeatCell) -> Iterator[str]:
    """Above all else, with an edge of the plain colour, so that an arrow behind them leaves them readable."""
    x, y = _corner(heat, cell.likelihood, cell.impact)
    _, level = _level(heat, cell.level)
    edge = {"stroke": level.colour, "stroke_width": 5, "stroke_linejoin": "round"}
    ink = text_on(level.colour)
    for more in (edge, {}):
        yield text(x + 14, y + 23, shortened(f"{level.code} {level.word}", 14), size=11, fill=ink, **more)
        count = str(cell.current)
        yield text(x + 14, y + 47, count, size=22, fill=ink, font_weight="bold", **more)


def _axes(heat: HeatMap) -> Iterator[str]:
    for step, word in enumerate(heat.likelihood, start=1):
        _, y = _corner(heat, step, 1)
        yield text(_LEFT - 10, y + _CELL_HEIGHT / 2 + 5, shortened(word, 18), size=13, text_anchor="end")
    bottom = _TOP + _CELL_HEIGHT * len(heat.likelihood)
    for step, word in enumerate(heat.impact, start=1):
        x, _ = _corner(heat, 1, step)
        yield text(x + _CELL_WIDTH / 2, bottom + 22, shortened(word, 18), size=13, text_anchor="middle")
    yield text(20, _TOP - 12, "Likelihood", font_weight="bold")
    middle = _LEFT + _CELL_WIDTH * len(heat.impact) / 2
    yield text(middle, bottom + 46, "Impact", font_weight="bold", text_anchor="middle")


def _limit(heat: HeatMap, below: set[RiskStanding], beside: float, line: dict[str, Any]) -> Iterator[str]:
    """Lines along the edges between cells whose standing is below a limit and those above it."""
    under = {(cell.likelihood, cell.impact): cell.standing in below for cell in heat.cells}
    for (likelihood, impact), is_under in under.items():
        x, y = _corner(heat, likelihood, impact)
        if under.get((likelihood, impact + 1), is_under) != is_under:
            right = x + _CELL_WIDTH + (beside if is_under else -beside)
            yield element("line", x1=right, y1=y, x2=right, y2=y + _CELL_HEIGHT, **line)
        if under.get((likelihood + 1, impact), is_under) != is_under:
            upper = y - (beside if is_under else -beside)
            yield element("line", x1=x, y1=upper, x2=x + _CELL_WIDTH, y2=upper, **line)


def _ends(heat: HeatMap, move: HeatMove) -> tuple[Point, Point]:
    """Where an arrow begins and ends: in the lower right corners of the cells, where no words are."""
    start, end = (
        (x + _CELL_WIDTH - 24, y + _CELL_HEIGHT - 20)
        for x, y in (
            _corner(heat, move.from_likelihood, move.from_impact),
            _corner(heat, move.to_likelihood, move.to_impact),
        )
    )
    return start, end


def _arrow(heat: HeatMap, move: HeatMove) -> Iterator[str]:
    start, end = _ends(heat, move)
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    tip = end[0] - 6 * math.cos(angle), end[1] - 6 * math.sin(angle)
    wings = [(tip[0] - 13 * math.cos(angle + turn), tip[1] - 13 * math.sin(angle + turn)) for turn in (0.45, -0.45)]
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, *wings))
    for colour, width in (("#ffffff", 6), ("#000000", 2.5)):
        yield element("line", x1=start[0], y1=start[1], x2=tip[0], y2=tip[1], stroke=colour, stroke_width=width)
    yield element("polygon", points=head, fill="#000000", stroke="#ffffff", stroke_width=1)


def _count_on(heat: HeatMap, move: HeatMove) -> Iterator[str]:
    """How many risks move so, beside where the arrow begins: there, two arrows from one cell would hide a number."""
    start, end = _ends(heat, move)
    x, y = (begin + _COUNT_AT * (last - begin) for begin, last in zip(start, end, strict=True))
    yield element("circle", cx=x, cy=y, r=11, fill="#ffffff", stroke="#000000", stroke_width=1.5)
    yield text(x, y + 4.5, str(move.count), size=11, text_anchor="middle")


def _legend(heat: HeatMap) -> Iterator[str]:
    y = _TOP + _CELL_HEIGHT * len(heat.likelihood) + 66
    for place, level in enumerate(heat.levels):
        x = 20 + place * 132
        yield element("rect", x=x, y=y, width=26, height=18, fill=f"url(#level-{place})", stroke="#555555")
        yield text(x + 33, y + 14, shortened(f"{level.code} {level.word}: {level.count}", 17), size=12)
    yield element("line", x1=24, y1=y + 45, x2=64, y2=y + 45, **_APPETITE)
    yield text(76, y + 50, "above appetite beyond this line", size=12)
    yield element("line", x1=280, y1=y + 45, x2=326, y2=y + 45, **_TOLERANCE)
    yield text(336, y + 50, "above tolerance beyond this line", size=12)
    yield element("circle", cx=556, cy=y + 45, r=9, fill="#ffffff", stroke="#000000", stroke_width=1.5)
    more = len(heat.moves) - _MOST_ARROWS
    said = "risks that controls move so" + (f" ({more} more in the table)" if more > 0 else "")
    yield text(570, y + 50, said, size=12)
