"""The picture of a heat map. Pure functions.

A level is told in four ways: by its word, by its code, by colours that grow darker and by hatching that grows denser. A
thick line follows the appetite, a dashed one the tolerance. Arrows lead from inherent to current ratings.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from services.risk.pictures.colours.rules import text_on
from services.risk.pictures.drawing.rules import element, page, picture, shortened, table, text
from services.risk.pictures.heat_maps.schemas import HeatCell, HeatLevel, HeatMap, HeatMove
from shared.events.catalogue.risk import RiskStanding

Point = tuple[float, float]

_LEFT, _TOP, _CELL_WIDTH, _CELL_HEIGHT = 170.0, 70.0, 132.0, 84.0
_LEGEND = 150.0
_LEAST_WIDTH = 980.0  # of the legend
_MOST_ARROWS = 12
_EDGES = _CELL_WIDTH - 14, _CELL_WIDTH - 32  # where a way along a row ends: from the right, from the left
_LANES = 4  # in which arrows along the same column or row are drawn
_SPACINGS = (0.0, 24.0, 16.0, 11.0, 8.0, 6.0, 5.0)  # of hatching, from none to dense
_APPETITE: dict[str, Any] = {"stroke": "#000000", "stroke_width": 6, "stroke_linecap": "square"}
_TOLERANCE: dict[str, Any] = {"stroke": "#000000", "stroke_width": 4, "stroke_dasharray": "9 6"}
_BESIDE = 6.0  # how far the tolerance line is from the edge, so that both lines are seen on one


def as_svg(heat: HeatMap) -> str:
    """The picture."""
    width = _width(heat)
    moves = heat.moves[:_MOST_ARROWS]
    laned = list(zip(moves, _lanes(moves), strict=True))
    height = _TOP + _CELL_HEIGHT * len(heat.likelihood) + _LEGEND
    parts = [
        element("defs", "".join(_hatchings(heat))),
        text(20, 34, shortened(_title(heat), int(width / 10)), size=18, font_weight="bold"),
        *(part for cell in heat.cells for part in _cell(heat, cell)),
        *_axes(heat),
        *_limit(heat, {RiskStanding.WITHIN_APPETITE}, 0.0, _APPETITE),
        *_limit(heat, {RiskStanding.WITHIN_APPETITE, RiskStanding.ABOVE_APPETITE}, _BESIDE, _TOLERANCE),
        *(part for move, lane in laned for part in _arrow(heat, move, lane)),
        *(part for cell in heat.cells for part in _words(heat, cell)),
        *(part for move, lane in laned for part in _count_on(heat, move, lane)),
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


def _width(heat: HeatMap) -> float:
    return max(_LEFT + _CELL_WIDTH * len(heat.impact) + 30, _LEAST_WIDTH)


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


def _lanes(moves: Sequence[HeatMove]) -> list[int]:
    """A lane for each arrow, so that arrows along the same column or row are drawn side by side as far as possible."""
    lanes: list[int] = []
    for place, move in enumerate(moves):
        taken = {lanes[other] for other in range(place) if _share_a_way(moves[other], move)}
        lanes.append(next((lane for lane in range(_LANES) if lane not in taken), place % _LANES))
    return lanes


def _share_a_way(one: HeatMove, other: HeatMove) -> bool:
    """Whether two arrows go along the same column, or along the same row, over the same cells."""
    column = one.from_impact == other.from_impact and _overlap(
        (one.from_likelihood, one.to_likelihood), (other.from_likelihood, other.to_likelihood)
    )
    row = one.to_likelihood == other.to_likelihood and _overlap(
        (one.from_impact, one.to_impact), (other.from_impact, other.to_impact)
    )
    return column or row


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return min(one) <= max(other) and min(other) <= max(one)


def _way(heat: HeatMap, move: HeatMove, lane: int) -> list[Point]:
    """The points of an arrow: along the right side of a column, then the lower side of a row, where no words are."""
    across, down = _CELL_WIDTH - 26 + 6 * lane, _CELL_HEIGHT - 24 + 6 * lane
    start = _corner(heat, move.from_likelihood, move.from_impact)
    end = _corner(heat, move.to_likelihood, move.to_impact)
    # A way along a row ends at the edge of its last cell, before the ways along the column there.
    last = across if move.from_impact == move.to_impact else _EDGES[move.to_impact > move.from_impact]
    points = [(start[0] + across, start[1] + down), (start[0] + across, end[1] + down), (end[0] + last, end[1] + down)]
    return [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]


def _arrow(heat: HeatMap, move: HeatMove, lane: int) -> Iterator[str]:
    points = _way(heat, move, lane)
    before, end = points[-2:]
    angle = math.atan2(end[1] - before[1], end[0] - before[0])
    wings = [(end[0] - 12 * math.cos(angle + turn), end[1] - 12 * math.sin(angle + turn)) for turn in (0.42, -0.42)]
    neck = end[0] - 8 * math.cos(angle), end[1] - 8 * math.sin(angle)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (*points[:-1], neck))
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in (end, *wings))
    for colour, width in (("#ffffff", 5), ("#000000", 2)):
        yield element("polyline", points=line, fill="none", stroke=colour, stroke_width=width)
    yield element("polygon", points=head, fill="#000000", stroke="#ffffff", stroke_width=1)


def _count_on(heat: HeatMap, move: HeatMove, lane: int) -> Iterator[str]:
    """How many risks move so, where the arrow begins; further along it in each lane, so that none hides another."""
    (x, y), (after_x, after_y) = _way(heat, move, lane)[:2]
    if after_y == y:
        x += math.copysign(12 + 26 * lane, after_x - x)
    else:
        y += math.copysign(8 + 19 * lane, after_y - y)
    yield from _count(x, y, str(move.count))


def _count(x: float, y: float, said: str) -> Iterator[str]:
    width = 9 + 6.5 * len(said)
    shape: dict[str, Any] = {"fill": "#ffffff", "stroke": "#000000", "stroke_width": 1.2, "rx": 8}
    yield element("rect", x=x - width / 2, y=y - 8, width=width, height=16, **shape)
    yield text(x, y + 4, said, size=11, text_anchor="middle")


def _legend(heat: HeatMap) -> Iterator[str]:
    y = _TOP + _CELL_HEIGHT * len(heat.likelihood) + 66
    apart = min((_width(heat) - 30) / len(heat.levels), 168.0)
    for place, level in enumerate(heat.levels):
        x = 20 + place * apart
        yield element("rect", x=x, y=y, width=26, height=18, fill=f"url(#level-{place})", stroke="#555555")
        yield text(
            x + 33, y + 14, shortened(f"{level.code} {level.word}: {level.count}", int((apart - 40) / 7)), size=12
        )
    yield element("line", x1=24, y1=y + 45, x2=64, y2=y + 45, **_APPETITE)
    yield text(76, y + 50, "above appetite beyond this line", size=12)
    yield element("line", x1=290, y1=y + 45, x2=336, y2=y + 45, **_TOLERANCE)
    yield text(346, y + 50, "above tolerance beyond this line", size=12)
    yield element("line", x1=574, y1=y + 45, x2=606, y2=y + 45, stroke="#000000", stroke_width=2)
    yield element("polygon", points=f"614,{y + 45:g} 602,{y + 40:g} 602,{y + 50:g}", fill="#000000")
    yield from _count(582, y + 45, "3")
    more = len(heat.moves) - _MOST_ARROWS
    said = "from inherent to current: how many risks" + (f" ({more} more in the table)" if more > 0 else "")
    yield text(622, y + 50, said, size=12)
