"""A document as a page: HTML without scripts, images or links to elsewhere, readable by screen readers."""

from collections.abc import Iterator
from html import escape

from shared.printing.blocks import (
    Block,
    Cover,
    Document,
    Facts,
    Heading,
    Items,
    Look,
    Paragraph,
    Signature,
    Table,
    Tone,
)

_ACCENTS = {
    Look.ATTESTATION: "#1f3a5f",
    Look.GENERAL_USE: "#0b5351",
    Look.AUDIT: "#2d4a2b",
    Look.ASSESSMENT: "#7a3e08",
    Look.LETTER: "#222",
}
_STYLE = (
    "body{{font:11pt/1.55 'Noto Serif',Georgia,serif;color:#111;max-width:58em;margin:0 auto;padding:1.5em}}"
    "h1,h2,h3,h4,th,nav,header,dt{{font-family:'Noto Sans',Arial,sans-serif}}"
    "h1,h2,h3,h4{{color:{accent};line-height:1.25}}"
    "header h1{{font-size:2.2em}}"
    "section>h2{{border-bottom:2px solid {accent};padding-bottom:.2em;margin-top:2.5em}}"
    ".mark{{border:2px solid {accent};padding:.5em 1em;font-weight:bold}}"
    ".note{{border-left:4px solid {accent};padding-left:1em}}"
    ".lead{{font-weight:bold}}table{{border-collapse:collapse;width:100%;font-size:.9em;margin:1em 0}}"
    "caption{{text-align:left;font-style:italic;padding:.3em 0}}"
    "th,td{{border:1px solid #999;padding:.4em .6em;text-align:left;vertical-align:top}}"
    "th{{background:{accent};color:#fff}}"
    "dl{{display:grid;grid-template-columns:12em 1fr;gap:.4em 1em}}dd{{margin:0}}dt{{font-weight:bold}}"
    "ol{{list-style:lower-alpha}}"
    ".signature{{margin-top:3em;border-top:1px solid #333;padding-top:.5em;max-width:22em}}"
    "@media print{{section{{break-before:page}}tr{{break-inside:avoid}}thead{{display:table-header-group}}}}"
)


def as_html(document: Document) -> str:
    """The whole document. All text is escaped."""
    style = _STYLE.format(accent=_ACCENTS[document.look])
    return (
        f'<!DOCTYPE html><html lang="{escape(document.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(document.title)}</title>'
        f"<style>{style}</style></head><body>{''.join(_body(document))}</body></html>"
    )


def _body(document: Document) -> Iterator[str]:
    if document.watermark:
        yield f'<p class="mark" role="note">{escape(document.watermark)}</p>'
    if document.cover:
        yield from _cover(document.cover)
        entries = (f'<li><a href="#part-{n}">{escape(part.title)}</a></li>' for n, part in enumerate(document.parts, 1))
        yield f'<nav aria-label="Contents"><ul>{"".join(entries)}</ul></nav>'
    yield "<main>"
    for number, part in enumerate(document.parts, 1):
        yield f'<section id="part-{number}" aria-labelledby="title-{number}">'
        yield f'<h2 id="title-{number}">{escape(part.title)}</h2>'
        for block in part.blocks:
            yield from _block(block)
        yield "</section>"
    yield "</main>"


def _cover(cover: Cover) -> Iterator[str]:
    yield f"<header><p>{escape(cover.subject)}</p><h1>{escape(cover.title)}</h1>"
    yield from (f"<p>{escape(line)}</p>" for line in cover.lines)
    yield f"<p><strong>{escape(cover.by)}</strong></p></header>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text, level=level):
            yield f"<h{level + 1}>{escape(text)}</h{level + 1}>"
        case Paragraph(text=text, tone=Tone.BODY):
            yield f"<p>{_lines(text)}</p>"
        case Paragraph(text=text, tone=tone):
            yield f'<p class="{tone}">{_lines(text)}</p>'
        case Items(items=items, lettered=lettered):
            tag = "ol" if lettered else "ul"
            yield f"<{tag}>{''.join(f'<li>{_lines(item)}</li>' for item in items)}</{tag}>"
        case Table():
            yield from _table(block)
        case Facts(facts=facts):
            pairs = (f"<dt>{escape(name)}</dt><dd>{_lines(value)}</dd>" for name, value in facts)
            yield f"<dl>{''.join(pairs)}</dl>"
        case Signature(lines=lines):
            yield f'<p class="signature">{"<br>".join(escape(line) for line in lines)}</p>'


def _table(table: Table) -> Iterator[str]:
    heads = "".join(f'<th scope="col">{escape(column.title)}</th>' for column in table.columns)
    yield f"<table><caption>{escape(table.about)}</caption><thead><tr>{heads}</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>"
        for cell in row:
            span = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            yield f"<td{span}>{_lines(cell.text)}</td>"
        yield "</tr>"
    yield "</tbody></table>"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
