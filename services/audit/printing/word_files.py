"""A document as DOCX, for people who go on writing in it. Runs in a child process."""

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

_ACCENTS = {
    "attestation": "1F3A5F",
    "general_use": "0B5351",
    "audit": "2D4A2B",
    "assessment": "7A3E08",
    "letter": "222222",
}
_WIDTHS = {False: 6.5, True: 9.0}  # inches of text on a page of US Letter, upright and on its side
_PART_BYTES = 256 * 1024
_WORD, _SENTENCE = {"width": 420, "height": 140}, {"width": 560, "height": 40}  # points of a watermark
# A word across the page, behind the text, as Word itself draws a watermark.
_WATERMARK = """<w:r {ns}><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:o="urn:schemas-microsoft-com:office:office" id="PowerPlusWaterMarkObject" o:spid="_x0000_s2049"
 type="#_x0000_t136"
 style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:{height}pt;rotation:315;
z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;
mso-position-vertical-relative:margin" fillcolor="#d0d0d0" stroked="f"><v:fill opacity=".5"/>
<v:textpath style="font-family:&quot;Noto Sans&quot;;font-size:1pt" string="{text}"/></v:shape></w:pict></w:r>"""


def write_docx(arguments: Any, given: Iterator[bytes]) -> Iterator[bytes]:
    """The document that comes as JSON; `arguments` are the seconds since 1970 that it says it was made at."""
    document = json.loads(b"".join(given))
    stream, at = BytesIO(), datetime.fromtimestamp(arguments, UTC)
    _written(document, at).save(stream)
    whole = _dated(stream, at)
    for place in range(0, len(whole), _PART_BYTES):
        yield whole[place : place + _PART_BYTES]


def _dated(archive: BytesIO, at: datetime) -> bytes:
    """The archive with all its members of this instant: the same document has the same bytes whenever it is written."""
    packed = BytesIO()
    with zipfile.ZipFile(archive) as members, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as dated:
        for name in members.namelist():
            member = zipfile.ZipInfo(name, at.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            dated.writestr(member, members.read(name))
    return packed.getvalue()


def _written(document: dict[str, Any], at: datetime) -> WordDocument:
    word = docx.Document()
    accent = RGBColor.from_string(_ACCENTS[document["look"]])
    _styles(word, accent)
    properties = word.core_properties
    properties.title, properties.author, properties.language = (
        document["title"],
        document["author"],
        document["language"],
    )
    properties.created = properties.modified = at.replace(tzinfo=None)
    properties.last_modified_by, properties.comments = document["author"], ""
    _running(word, document)
    if document["cover"]:
        _cover(word, document["cover"], accent)
    for number, part in enumerate(document["parts"]):
        if number or document["cover"]:
            section = word.add_section()
            wide = section.orientation == WD_ORIENT.LANDSCAPE
            if wide != part["wide"]:
                section.orientation = WD_ORIENT.LANDSCAPE if part["wide"] else WD_ORIENT.PORTRAIT
                section.page_width, section.page_height = section.page_height, section.page_width
        word.add_heading(part["title"], 1)
        for block in part["blocks"]:
            _block(word, block, wide=part["wide"])
    return word


def _styles(word: WordDocument, accent: RGBColor) -> None:
    first = word.sections[0]
    first.page_width, first.page_height = Inches(8.5), Inches(11)
    first.left_margin = first.right_margin = first.top_margin = first.bottom_margin = Inches(1)
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Noto Serif", Pt(10)
    normal.paragraph_format.space_after = Pt(8)
    for level, size in ((1, 16), (2, 12), (3, 11), (4, 10)):
        style = word.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.color.rgb = "Noto Sans", Pt(size), accent
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{name}"), None)


def _running(word: WordDocument, document: dict[str, Any]) -> None:
    section = word.sections[0]
    section.different_first_page_header_footer = document["cover"] is not None
    head = section.header.paragraphs[0]
    head.add_run(document["running"]).font.size = Pt(8)
    foot = section.footer.paragraphs[0]
    foot.add_run("Page ").font.size = Pt(8)
    _field(foot, "PAGE")
    foot.add_run(" of ").font.size = Pt(8)
    _field(foot, "NUMPAGES")
    if mark := document["watermark"]:
        size = _WORD if " " not in mark else _SENTENCE
        heads = [head, section.first_page_header.paragraphs[0]] if document["cover"] else [head]
        for each in heads:
            each._p.append(parse_xml(_WATERMARK.format(ns=nsdecls("w"), text=mark, **size)))  # noqa: SLF001 - no other way


def _field(paragraph: Paragraph, code: str) -> None:
    """A field that Word computes."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)  # noqa: SLF001 - the library has no fields


def _cover(word: WordDocument, cover: dict[str, Any], accent: RGBColor) -> None:
    for text, size, bold in ((cover["subject"], 14, False), (cover["title"], 30, True)):
        run = word.add_paragraph().add_run(text)
        run.font.name, run.font.size, run.bold, run.font.color.rgb = "Noto Sans", Pt(size), bold, accent
    for line in cover["lines"]:
        word.add_paragraph(line)
    word.add_paragraph().add_run(cover["by"]).bold = True
    contents = word.add_paragraph()
    contents.add_run().add_break(WD_BREAK.PAGE)
    contents.add_run("Contents").bold = True
    _field(word.add_paragraph(), 'TOC \\o "1-1" \\h \\z \\u')


def _block(word: WordDocument, block: dict[str, Any], *, wide: bool) -> None:
    match block["type"]:
        case "heading":
            word.add_heading(block["text"], block["level"])
        case "paragraph":
            _paragraph(word, block)
        case "items":
            _items(word, block)
        case "table":
            _table(word, block, wide=wide)
        case "facts":
            for name, value in block["facts"]:
                paragraph = word.add_paragraph()
                paragraph.add_run(f"{name}: ").bold = True
                paragraph.add_run(value)
        case "signature":
            word.add_paragraph("\n" + "_" * 40 + "\n" + "\n".join(block["lines"]))


def _paragraph(word: WordDocument, block: dict[str, Any]) -> None:
    paragraph = word.add_paragraph()
    paragraph.add_run(block["text"]).bold = block["tone"] == "lead" or None
    if block["tone"] == "note":
        paragraph.paragraph_format.left_indent = Inches(0.25)


def _items(word: WordDocument, block: dict[str, Any]) -> None:
    for place, item in enumerate(block["items"]):
        if not block["lettered"]:
            word.add_paragraph(item, "List Bullet")
            continue
        paragraph = word.add_paragraph(f"({chr(ord('a') + place)})\t{item}")
        paragraph.paragraph_format.left_indent = Inches(0.4)
        paragraph.paragraph_format.first_line_indent = Inches(-0.4)


def _table(word: WordDocument, block: dict[str, Any], *, wide: bool) -> None:
    columns = block["columns"]
    share = _WIDTHS[wide] / sum(column["share"] for column in columns)
    table = word.add_table(rows=1 + len(block["rows"]), cols=len(columns), style="Table Grid")
    table.autofit = False
    cells = _cells(table)
    for number, column in enumerate(columns):
        _write(cells[0][number], column["title"], bold=True)
        for line in cells:
            line[number].width = Inches(column["share"] * share)
    _repeated(table)
    taken = [0] * len(columns)  # rows that a cell above still spans
    for number, row in enumerate(block["rows"], 1):
        given = iter(row)
        for column in range(len(columns)):
            if taken[column]:
                taken[column] -= 1
                continue
            cell = next(given)
            target = cells[number][column]
            if cell["rows"] > 1:
                target = target.merge(cells[number + cell["rows"] - 1][column])
                taken[column] = cell["rows"] - 1
            _write(target, cell["text"])
    word.add_paragraph()


def _cells(table: Table) -> list[list[_Cell]]:
    """The cells by row and column. The library finds them anew for each row it is asked for, which takes long."""
    every, width = table._cells, len(table.columns)  # noqa: SLF001 - one look instead of thousands
    return [every[place : place + width] for place in range(0, len(every), width)]


def _write(cell: _Cell, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.font.size, run.font.name, run.bold = Pt(8.5), "Noto Sans", bold
    paragraph.paragraph_format.space_after = Pt(2)


def _repeated(table: Table) -> None:
    """Let the first row be repeated on every page, and no row break over two."""
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way
        properties.append(OxmlElement("w:cantSplit"))
        if number == 0:
            properties.append(OxmlElement("w:tblHeader"))
