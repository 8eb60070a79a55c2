"""SVG written by hand: the same input gives the same bytes. Pure functions."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

FONT = "Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"
_STYLE = "body{font-family:sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse}"
_STYLE += "th,td{border:1px solid #555;padding:.3em .6em;text-align:left}svg{max-width:100%;height:auto}"


def picture(width: float, height: float, *, title: str, description: str, parts: Iterable[str]) -> str:
    """A whole SVG document, with what it shows in words for those who do not see it."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}"'
        f' width="{number(width)}" height="{number(height)}" role="img" aria-labelledby="title description"'
        f' font-family="{FONT}">'
    )
    words = f'<title id="title">{escape(title)}</title><desc id="description">{escape(description)}</desc>'
    return "\n".join([head, words, element("rect", width=width, height=height, fill="#ffffff"), *parts, "</svg>", ""])


def element(name: str, /, content: str | None = None, **attributes: Any) -> str:
    """One element; `content` is escaped already. Underscores in the names of attributes stand for hyphens."""
    given = "".join(f' {key.strip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{given}/>" if content is None else f"<{name}{given}>{content}</{name}>"


def text(x: float, y: float, words: str, *, size: float = 14, **attributes: Any) -> str:
    """A line of text."""
    return element("text", escape(words), x=x, y=y, font_size=size, **attributes)


def shortened(words: str, most: int) -> str:
    """Words that fit into so many characters."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def number(value: float) -> str:
    """A coordinate, to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def page(title: str, svg: str, table: str) -> str:
    """A page with a picture and the table that says the same."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{svg}{table}</body></html>"
    )


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table; the first cell of each row is its heading."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for first, *cells in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _value(value: Any) -> str:
    return number(value) if isinstance(value, int | float) else escape(str(value))
