"""Documents in their forms: what they say is what the tree says, whatever people wrote in it."""

import asyncio
import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import docx
import pypdfium2
import pytest

from services.audit.printing.tasks import DOCX
from services.audit.wording.documents import document_of
from shared.children.pool import Children
from shared.children.task import ChildTask
from shared.printing.blocks import Cell, Column, Document, Heading, Look, Paragraph, Part, Table, texts_of
from shared.printing.html_pages import as_html
from shared.printing.problems import CannotBePrinted
from shared.printing.tasks import PDF, printed
from tests.audit.reported import DEVIATIONS, carved_out, incident, seeded, soc, user_entity_control
from tests.audit.test_report_faults import an_audit, readiness

_ORG = UUID(int=7)
_AT = datetime(2026, 8, 14, 12, tzinfo=UTC)
_HOSTILE = 'Reads #read("/etc/passwd"), *bold* $x^2$ `code` <script>alert(1)</script> & "quotes" \\ {{ }} [a](b)'
_DESCRIBED: dict[str, Any] = {
    "subservice_organisations": [carved_out()],
    "user_entity_controls": [user_entity_control()],
    "incidents": [incident()],
}
REPORTS: dict[str, Callable[[], Document]] = {
    "soc2": lambda: document_of(soc(results={"AC-02": DEVIATIONS}, described=_DESCRIBED), draft=False),
    "soc2 matrix": lambda: document_of(soc(layout="matrix"), draft=True),
    "soc1": lambda: document_of(soc("soc1_type2", described=_DESCRIBED), draft=False),
    "soc3": lambda: document_of(soc("soc3", described=_DESCRIBED), draft=False),
    "audit": lambda: document_of(an_audit(), draft=True),
    "readiness": lambda: document_of(readiness(), draft=False),
}


async def _printed(task: ChildTask, document: Document) -> bytes:
    children = Children()
    try:
        return await printed(children, task, _ORG, document, at=_AT)
    finally:
        await children.close()


def _squeezed(text: str) -> str:
    """Without white space, which lines and cells divide otherwise than the tree does."""
    return re.sub(r"[\s\u200b\u00ad\ufffe]+", "", text)


def _pages(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_bounded())
            text.close()
            page.close()
        return pages


def _with(text: str) -> Document:
    """A document that has a text in every place."""
    table = Table(text, (Column(text, 1), Column("b", 2)), ((Cell(text, 2), Cell(text)), (Cell(text),)))
    part = Part(text, (Heading(text), Paragraph(text), table))
    return Document(text, text, Look.ATTESTATION, None, (part,), text, None)


@pytest.mark.parametrize("name", REPORTS)
async def test_the_text_of_the_pdf_is_that_of_the_tree(name: str) -> None:
    document = REPORTS[name]()
    said = _squeezed("".join(_pages(await _printed(PDF, document))))
    missing = [text for text in texts_of(document) for line in text.split("\n") if _squeezed(line) not in said]
    # A text that goes over a page has the foot of one page and the head of the next in its midst.
    assert all(len(text) > 80 for text in missing), missing
    assert len(missing) <= len(_pages(await _printed(PDF, document)))


@pytest.mark.parametrize("name", REPORTS)
async def test_the_docx_and_the_page_say_what_the_tree_says(name: str) -> None:
    document = REPORTS[name]()
    word = docx.Document(io.BytesIO(await _printed(DOCX, document)))
    said = _squeezed(
        "\n".join(
            [paragraph.text for paragraph in word.paragraphs]
            + [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        )
    )
    page = as_html(document)
    shown = _squeezed(re.sub(r"<[^>]+>", "", page.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")))
    for text in texts_of(document):
        assert _squeezed(text) in said
        assert _squeezed(text) in shown


@pytest.mark.parametrize("task", [PDF, DOCX], ids=["pdf", "docx"])
async def test_what_people_write_is_never_markup(task: ChildTask) -> None:
    written = await _printed(task, _with(_HOSTILE))
    if task is PDF:
        assert "".join(map(_squeezed, _pages(written))).count(_squeezed(_HOSTILE)) >= 6
    else:
        assert docx.Document(io.BytesIO(written)).paragraphs[1].text == _HOSTILE


def test_the_page_escapes_what_people_write_and_runs_nothing() -> None:
    page = as_html(_with(_HOSTILE))
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6


async def test_the_pdf_is_made_to_last_and_to_be_read_aloud() -> None:
    pdf = await _printed(PDF, REPORTS["soc2"]())
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    with pypdfium2.PdfDocument(pdf) as document:
        assert document.get_metadata_dict()["Title"] == "Example Cloud, Inc.: SOC 2 Type 2 Report"
        assert document.is_tagged()


async def test_the_same_document_has_the_same_bytes() -> None:
    document = REPORTS["soc2"]()
    assert await _printed(PDF, document) == await _printed(PDF, document)


async def test_a_draft_says_so_on_every_page() -> None:
    pages = _pages(await _printed(PDF, REPORTS["audit"]()))
    assert all("DRAFT" in page for page in pages)
    issued = _pages(await _printed(PDF, REPORTS["soc2"]()))
    assert not any("DRAFT" in page for page in issued)
    word = await _printed(DOCX, REPORTS["audit"]())
    with zipfile.ZipFile(io.BytesIO(word)) as package:
        heads = [package.read(name) for name in package.namelist() if "header" in name and name.endswith(".xml")]
    assert any(b'string="DRAFT"' in head for head in heads)


@pytest.mark.parametrize("text", ["日本クラウド", "launched 🚀", "\ue000"])
async def test_a_character_that_no_font_has_is_refused_and_named(text: str) -> None:
    with pytest.raises(CannotBePrinted) as refused:
        await _printed(PDF, _with(text))
    assert "the fonts of documents have nothing for" in refused.value.faults[0].detail


@pytest.mark.parametrize(
    "text", ["Ωμέγα, Жук, naïve, Łódź", "→ ≥ ½ ✓ ™ § €", "x" * 300, "a\n\nb\nc", "soft\u00adhyphen"]
)
async def test_letters_and_signs_and_long_words_are_printed(text: str) -> None:
    said = "".join(map(_squeezed, _pages(await _printed(PDF, _with(text)))))
    assert _squeezed(text) in said


async def test_a_report_of_a_hundred_controls_is_printed_in_less_than_five_seconds() -> None:
    controls = [
        (f"C{place:03}", f"{text} {text}", criteria)
        for place, (_, text, criteria) in enumerate((*seeded(), *seeded())[:100])
    ]
    document = document_of(soc(controls=tuple(controls)), draft=False)
    loop = asyncio.get_running_loop()
    began = loop.time()
    pdf = await _printed(PDF, document)
    assert loop.time() - began < 5
    said = "".join(_pages(pdf))
    assert all(code in said for code, _, _ in controls)
