"""The papers of an engagement as a page. Pure functions."""

from collections.abc import Iterator, Sequence
from typing import Any

from services.audit.filing.engagement_files.models import EngagementFile
from services.audit.papers.papers.models import Paper
from shared.printing.blocks import (
    Block,
    Cover,
    Document,
    Facts,
    Heading,
    Items,
    Look,
    Paragraph,
    Part,
    paragraphs_of,
)


def papers_page(file: EngagementFile, papers: Sequence[Paper]) -> Document:
    """Every paper with its procedures, extent, evidence, result and signatures, in the order of their numbers."""
    title = f"Papers of {file.title}"
    cover = Cover("Engagement File", file.title, (f"Completed {file.completed_at:%Y-%m-%d}",), "The firm's papers")
    blocks = tuple(block for paper in papers for block in _paper(paper)) or (Paragraph("There are no papers."),)
    return Document(title, "The firm", Look.AUDIT, cover, (Part("Papers", blocks),), title)


def _paper(paper: Paper) -> Iterator[Block]:
    yield Heading(f"{paper.number}. {paper.control_code}: {paper.title}")
    yield Facts(tuple(_facts(paper)))
    yield Heading("Procedures", level=3)
    yield Items(tuple(f"{each['kind']}: {each['text']}" for each in paper.procedures) or ("None",))
    if paper.work:
        yield Heading("Work", level=3)
        yield from paragraphs_of(paper.work)
    if paper.evidence:
        yield Heading("Evidence", level=3)
        yield Items(tuple(_said(each) for each in paper.evidence))
    if paper.result:
        yield Heading("Result", level=3)
        yield Facts(tuple((_words(name), _words(value)) for name, value in paper.result.items() if value is not None))


def _facts(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "Status", _words(paper.status)
    yield "Edition", str(paper.edition)
    yield "Definition of the control", str(paper.definition)
    yield "Criteria", ", ".join(paper.criteria) or "none"
    if paper.extent:
        yield "Extent", _said(paper.extent)
    if paper.executed_at:
        yield "Executed", f"{paper.executed_at:%Y-%m-%d %H:%M} UTC"
    for each in paper.signatures:
        person = (each.get("by") or {}).get("person") or {}
        yield (
            _words(each["kind"]),
            f"{person.get('name', 'a program')}, {each['at'][:16]} UTC, edition {each['edition']}",
        )


def _said(document: dict[str, Any]) -> str:
    """What a small document says, name by name."""
    return "; ".join(f"{_words(name)}: {_words(value)}" for name, value in document.items() if value is not None)


def _words(value: Any) -> str:
    return str(value).replace("_", " ")
