"""The picture of a loss exceedance curve: how often a year's loss is above an amount. Pure functions.

The amounts are on a logarithmic axis. Two curves differ by their dashes and their labels, not by colour alone.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator

from services.risk.pictures.drawing.rules import element, number, page, picture, shortened, table, text
from services.risk.pictures.loss_curves.schemas import CurveSeries, LossCurve

_WIDTH, _HEIGHT = 860.0, 560.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 80.0, 830.0, 70.0, 420.0
_MOST_DECADES = 6
_LINES = (("#0b3c8c", None), ("#b34700", "9 5"))
_LIMITS = (("tolerance", "Tolerance", "3 4"), ("capacity", "Capacity", "12 4 3 4"))
_BODY = 0.98  # the amounts axis begins where the curve does, and not at a few smallest losses
_LONGEST = 78  # characters of a line
_SHOWN = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01)
_MILLION, _BILLION = 1_000_000, 1_000_000_000


def as_svg(curve: LossCurve) -> str:
    """The picture."""
    axis = _Axis(curve)
    parts = [
        text(_LEFT, 32, shortened(f"Loss exceedance: {curve.title}", _LONGEST), size=18, font_weight="bold"),
        *_grid(axis, curve.currency),
        *_limits(axis, curve),
        *(_line(axis, series, place) for place, series in enumerate(curve.series)),
        *_legend(curve),
    ]
    return picture(_WIDTH, _HEIGHT, title=f"Loss exceedance: {curve.title}", description=in_words(curve), parts=parts)


def as_html(curve: LossCurve) -> str:
    """The picture with the table that says the same."""
    headings = ["Share of years", *(f"{series.label}: loss is above" for series in curve.series)]
    rows = [[_per_cent(share), *(_at_share(curve, series, share) for series in curve.series)] for share in _SHOWN]
    rows.append(["Mean", *(_money(series.mean, curve) for series in curve.series)])
    for name, word, _ in _LIMITS:
        if (amount := getattr(curve, name)) is not None:
            shares = [_per_cent(getattr(series, f"above_{name}") or 0.0) for series in curve.series]
            rows.append([f"{word} {_money(amount, curve)} exceeded", *shares])
    svg = as_svg(curve)
    return page(f"Loss exceedance: {curve.title}", svg, table("The curve in figures", headings, rows))


def in_words(curve: LossCurve) -> str:
    """What the picture shows."""
    said = [f"Loss of a year in {curve.currency} against the share of years with a larger loss."]
    for series in curve.series:
        said.append(f"{series.label}: mean {_money(series.mean, curve)}.")
        for name, word, _ in _LIMITS:
            if (share := getattr(series, f"above_{name}")) is not None:
                said.append(f"{word} {_money(getattr(curve, name), curve)} is exceeded in {_per_cent(share)} of years.")
    return " ".join(said)


class _Axis:
    """Where amounts and probabilities are. Amounts are in minor units."""

    def __init__(self, curve: LossCurve) -> None:
        self.unit = 10**curve.decimals
        amounts = [
            point.amount
            for series in curve.series
            for point in series.points
            if point.amount > 0 and point.probability < _BODY * series.points[0].probability
        ]
        amounts += [limit for limit in (curve.tolerance, curve.capacity) if limit]
        highest = max([*amounts, self.unit]) / self.unit
        lowest = min([*amounts, self.unit * highest]) / self.unit
        self.last = math.ceil(math.log10(highest) + 1e-9)
        self.first = max(math.floor(math.log10(lowest)), self.last - _MOST_DECADES)

    def x(self, amount: float) -> float:
        decade = math.log10(max(amount / self.unit, 10.0**self.first))
        return _LEFT + (_RIGHT - _LEFT) * min((decade - self.first) / (self.last - self.first), 1.0)

    @staticmethod
    def y(probability: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * probability


def _grid(axis: _Axis, currency: str) -> Iterator[str]:
    for tenth in range(0, 11, 2):
        y = axis.y(tenth / 10)
        yield element("line", x1=_LEFT, y1=y, x2=_RIGHT, y2=y, stroke="#c8c8c8")
        yield text(_LEFT - 8, y + 5, f"{tenth * 10} %", text_anchor="end")
    for decade in range(axis.first, axis.last + 1):
        x = axis.x(10.0**decade * axis.unit)
        yield element("line", x1=x, y1=_TOP, x2=x, y2=_BOTTOM, stroke="#c8c8c8")
        yield text(x, _BOTTOM + 20, _round_amount(10.0**decade), size=13, text_anchor="middle")
    yield element("rect", x=_LEFT, y=_TOP, width=_RIGHT - _LEFT, height=_BOTTOM - _TOP, fill="none", stroke="#000000")
    yield text((_LEFT + _RIGHT) / 2, _BOTTOM + 44, f"Loss of a year in {currency}, logarithmic", text_anchor="middle")
    yield text(_LEFT, _TOP - 12, "Share of years with a larger loss")


def _limits(axis: _Axis, curve: LossCurve) -> Iterator[str]:
    for place, (name, word, dashes) in enumerate(_LIMITS):
        if (amount := getattr(curve, name)) is None:
            continue
        x = axis.x(amount)
        yield element(
            "line", x1=x, y1=_TOP, x2=x, y2=_BOTTOM, stroke="#000000", stroke_width=2, stroke_dasharray=dashes
        )
        anchor, beside = ("end", -6) if x > (_LEFT + _RIGHT) / 2 else ("start", 6)
        y, said = _TOP + 20 + 22 * place, f"{word} {_money(amount, curve)}"
        # A white edge keeps the words apart from the lines behind them.
        yield text(x + beside, y, said, text_anchor=anchor, stroke="#ffffff", stroke_width=4, paint_order="stroke")
        yield text(x + beside, y, said, text_anchor=anchor)


def _line(axis: _Axis, series: CurveSeries, place: int) -> str:
    """A step curve: the share of years above an amount stays until the next point."""
    path, before = [], None
    for point in series.points:
        x, y = number(axis.x(point.amount)), number(axis.y(point.probability))
        path.append(f"M{x} {y}" if before is None else f"H{x}V{y}")
        before = point
    colour, dashes = _LINES[place]
    more = {"stroke_dasharray": dashes} if dashes else {}
    return element("path", d="".join(path), fill="none", stroke=colour, stroke_width=3, **more)


def _legend(curve: LossCurve) -> Iterator[str]:
    y = _BOTTOM + 78
    for place, series in enumerate(curve.series):
        colour, dashes = _LINES[place]
        more = {"stroke_dasharray": dashes} if dashes else {}
        yield element("line", x1=_LEFT, y1=y - 5, x2=_LEFT + 44, y2=y - 5, stroke=colour, stroke_width=3, **more)
        yield text(_LEFT + 54, y, shortened(f"{series.label}, mean {_money(series.mean, curve)}", _LONGEST + 12))
        y += 24


def _at_share(curve: LossCurve, series: CurveSeries, share: float) -> str:
    """The smallest amount of the curve that is exceeded in at most this share of years."""
    places = [-point.probability for point in series.points]
    place = bisect_right(places, -share - 1e-12)
    return _money(series.points[place].amount, curve) if place < len(places) else "not simulated"


def _money(amount: int, curve: LossCurve) -> str:
    return f"{amount / 10**curve.decimals:,.{curve.decimals}f} {curve.currency}"


def _round_amount(amount: float) -> str:
    for size, word in ((_BILLION, "billion"), (_MILLION, "million")):
        if amount >= size:
            return f"{amount / size:,.0f} {word}"
    return f"{amount:,.0f}" if amount >= 1 else f"{amount:g}"


def _per_cent(share: float) -> str:
    return f"{share * 100:.3g} %"
