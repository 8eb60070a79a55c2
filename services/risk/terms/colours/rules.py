"""Checks the colours of levels: lightness falls from the lowest to the highest, and neighbours differ for everyone.

Lightness and differences are of CIE L*a*b* (D65), the difference ΔE that of 1976. Colour vision deficiency is simulated
by the matrices of Machado, Oliveira and Fernandes (2009) for full severity, on linear RGB. Pure functions.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

LEAST_DIFFERENCE: Final = 10.0  # ΔE of two neighbours

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

_SEEN_AS: Final[dict[str, Matrix]] = {
    "normal vision": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
_TO_XYZ: Final[Matrix] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Final[Vector] = (0.95047, 1.0, 1.08883)
_STRAIGHT, _EPSILON = 0.04045, 216 / 24389


def warnings_about(colours: Sequence[str], words: Sequence[str]) -> list[str]:
    """What some people will not see, in sentences; `words` are those of the levels, from the lowest."""
    return [*_not_darker(colours, words), *_alike(colours, words)]


def lightness(colour: str) -> float:
    """L* of a colour `#rrggbb`: 0 is black, 100 white."""
    return _lab(_linear(colour))[0]


def difference(one: str, other: str, seen_with: str = "normal vision") -> float:
    """ΔE of two colours as they are seen with a kind of colour vision."""
    first, second = (_lab(_times(_SEEN_AS[seen_with], _linear(colour))) for colour in (one, other))
    return float(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5)


def _not_darker(colours: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    for (below, above), (lower, higher) in zip(pairwise(colours), pairwise(words), strict=True):
        if lightness(above) >= lightness(below):
            yield (
                f"The colour of '{higher}' is not darker than that of '{lower}': in grey, the order of the levels is"
                " lost."
            )


def _alike(colours: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    for (below, above), (lower, higher) in zip(pairwise(colours), pairwise(words), strict=True):
        for vision in _SEEN_AS:
            if (found := difference(below, above, vision)) < LEAST_DIFFERENCE:
                yield (
                    f"With {vision}, the colours of '{lower}' and '{higher}' are hard to tell apart: they differ by"
                    f" ΔE {found:.1f}, less than {LEAST_DIFFERENCE:.0f}."
                )


def _linear(colour: str) -> Vector:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (_of_channel(red), _of_channel(green), _of_channel(blue))


def _of_channel(value: float) -> float:
    return value / 12.92 if value <= _STRAIGHT else float(((value + 0.055) / 1.055) ** 2.4)


def _times(matrix: Matrix, vector: Vector) -> Vector:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return (first, second, third)


def _lab(linear: Vector) -> Vector:
    within = (min(1.0, max(0.0, linear[0])), min(1.0, max(0.0, linear[1])), min(1.0, max(0.0, linear[2])))
    x, y, z = (_root(value / white) for value, white in zip(_times(_TO_XYZ, within), _WHITE, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def _root(ratio: float) -> float:
    return float(ratio ** (1 / 3)) if ratio > _EPSILON else (24389 / 27 * ratio + 16) / 116
