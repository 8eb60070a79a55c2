"""A document as a tree of blocks. Every form of it is written from the same tree, so that all say the same.

Text is plain: no form reads markup in it. A line break in it stays one, and an empty line begins a paragraph.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Look(StrEnum):
    """How a kind of document looks, so that nobody takes one kind for another."""

    ATTESTATION = "attestation"  # a report that an auditor signs, with restricted use
    GENERAL_USE = "general_use"  # a short report for everybody
    AUDIT = "audit"  # a report of an audit against a standard
    ASSESSMENT = "assessment"  # what an organisation found of itself, which nobody attests
    LETTER = "letter"  # a letter of one or two pages


class Tone(StrEnum):
    """How a paragraph is set."""

    BODY = "body"
    LEAD = "lead"  # names what follows, and stays with it
    NOTE = "note"  # a remark with a border


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a part: levels 2 to 4, since the title of the part is level 1. No level is skipped."""

    text: str
    level: int = 2
    type: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    tone: Tone = Tone.BODY
    type: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Items:
    """A list: `marks` are bullets, or letters where the text refers to its items."""

    items: tuple[str, ...]
    lettered: bool = False
    type: str = field(default="items", init=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that spans so many rows; those below leave it out."""

    text: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its share of the width; the shares of a table need not add up to anything."""

    title: str
    share: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row, the titles of its columns, is repeated on every page. `about` says what it lists."""

    about: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    type: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with values, a line each."""

    facts: tuple[tuple[str, str], ...]
    type: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """Room for a signature with the lines below it. A form that nobody signs leaves the room out."""

    lines: tuple[str, ...]
    type: str = field(default="signature", init=False)


Block = Heading | Paragraph | Items | Table | Facts | Signature


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document, which begins on a page of its own. Wide ones lie on their side."""

    title: str
    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: what it is, of whom, about which time, and by whom."""

    title: str
    subject: str
    lines: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document. `running` is printed on top of every page, and `watermark` across it; a letter has no cover."""

    title: str
    author: str
    look: Look
    cover: Cover | None
    parts: tuple[Part, ...]
    running: str
    watermark: str | None = None
    language: str = "en"


def as_data(document: Document) -> dict[str, Any]:
    """The tree as JSON has it; every block says its type."""
    return asdict(document)


def rows_of(lines: Sequence[Sequence[str]]) -> tuple[tuple[Cell, ...], ...]:
    """Rows of cells that span nothing."""
    return tuple(tuple(Cell(text) for text in line) for line in lines)


def paragraphs_of(text: str) -> Iterator[Paragraph]:
    """What people wrote, as the paragraphs that empty lines divide it into."""
    for block in text.replace("\r\n", "\n").split("\n\n"):
        if block.strip():
            yield Paragraph(block.strip())


def texts_of(document: Document) -> Iterator[str]:
    """All texts of a document in the order in which they are read, without its cover and its running head."""
    for part in document.parts:
        yield part.title
        for block in part.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text) | Paragraph(text=text):
            yield text
        case Items(items=items):
            yield from items
        case Table(columns=columns, rows=rows):
            yield from (column.title for column in columns)
            yield from (cell.text for row in rows for cell in row)
        case Facts(facts=facts):
            yield from (text for fact in facts for text in fact)
        case Signature(lines=lines):
            yield from lines
