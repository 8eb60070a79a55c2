"""SVG as PNG, by Typst. Runs in a child process."""

from collections.abc import Iterator
from typing import Any

import typst

from shared.printing.typesetting import FONTS

_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.words)
"""
_DOTS_AN_INCH = 144
_PART_BYTES = 256 * 1024


def write_png(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The SVG document that is given as a PNG; `arguments` have its description in words."""
    inputs = {"svg": b"".join(given).decode(), "words": arguments["words"]}
    png = typst.compile(_PAGE, font_paths=FONTS, sys_inputs=inputs, format="png", ppi=_DOTS_AN_INCH)
    assert isinstance(png, bytes), "a picture is one page"
    for place in range(0, len(png), _PART_BYTES):
        yield png[place : place + _PART_BYTES]
