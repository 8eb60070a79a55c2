"""Contrast of colours, and a ramp that is read in grey and by colour-blind people. Pure functions.

Contrast is that of WCAG 2.2. The ramp is YlOrBr of ColorBrewer (Cynthia Brewer, Apache
License 2.0): its lightness falls from step to step, and neighbours differ for every kind of colour blindness.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from services.risk.terms.colours.rules import lightness

BLACK, WHITE = "#000000", "#ffffff"
RAMP: Final = ("#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404")
_LEAST_STEP = 5.0  # of lightness between neighbours, so that print in grey keeps them apart
_STRAIGHT_UNTIL = 0.04045  # the transfer function of sRGB


def level_colours(wanted: Sequence[str]) -> list[str]:
    """A colour for each level, the lowest first: those wanted if each is darker than the one before, else the ramp."""
    if all(lightness(low) - lightness(high) >= _LEAST_STEP for low, high in pairwise(wanted)):
        return list(wanted)
    return [_on_ramp(place / max(len(wanted) - 1, 1)) for place in range(len(wanted))]


def text_on(colour: str) -> str:
    """Black or white, whichever is read better on a colour."""
    return max((BLACK, WHITE), key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in bytes.fromhex(colour[1:]))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _STRAIGHT_UNTIL else float(((channel + 0.055) / 1.055) ** 2.4)


def _on_ramp(share: float) -> str:
    """The colour at a place of the ramp, from 0 to 1."""
    place = share * (len(RAMP) - 1)
    below = min(int(place), len(RAMP) - 2)
    channels = zip(bytes.fromhex(RAMP[below][1:]), bytes.fromhex(RAMP[below + 1][1:]), strict=True)
    return "#" + "".join(f"{round(low + (high - low) * (place - below)):02x}" for low, high in channels)
