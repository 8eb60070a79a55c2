"""The first sheet of an XLSX workbook (ECMA-376, parts 1 and 2), row by row. Runs in a child process.

The parts are streamed, and a cell is where its own reference says, or behind the one before it. Nothing is laid out
in memory but the texts that cells share: a workbook that names a distant cell takes no more room than any other.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Protocol
from xml.parsers import expat

from shared.tables.formats import unreadable
from shared.tables.xlsx_sheet import Sheet
from shared.tables.xlsx_values import SharedTexts, Styles

_CHUNK = 64 * 1024
_MOST_UNPACKED = 64 * 1024 * 1024  # bytes of the parts that are read
_NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


class _Handler(Protocol):
    """What a part's elements are told to; names are without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def rows_of_workbook(content: bytes, *, most_unpacked: int = _MOST_UNPACKED) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that is not hidden, by their numbers; `UnreadableTable` when it cannot be read.

    `most_unpacked` is how many bytes the parts that are read may come to.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from _rows(_Package(archive, most_unpacked))
    # A part that is longer than it says fails its checksum.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError) as error:
        raise unreadable("", f"The file is not an XLSX workbook: {error}.") from error
    except expat.ExpatError as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from error
        raise unreadable("", f"A part of the workbook is not XML: {error}.") from error


def _rows(package: "_Package") -> Iterator[tuple[int, list[str]]]:
    book = next((part for kind, part in package.related("").values() if kind == "officeDocument"), "")
    related = package.related(book)
    listed, texts, styles = _Book(), SharedTexts(), Styles()
    package.read(book, listed)
    for kind, part in related.values():
        if kind == "sharedStrings":
            package.read(part, texts)
        elif kind == "styles":
            package.read(part, styles)
    sheets = [related[key][1] for key in listed.sheets if key in related and related[key][0] == "worksheet"]
    if not sheets:
        raise unreadable("", "The workbook has no sheet.")
    sheet = Sheet(texts.all, styles.are_dates, from_1904=listed.from_1904)
    for _ in package.parse(sheets[0], sheet):
        yield from sheet.take()


class _Package:
    """The parts of a workbook and what they refer to (ECMA-376 part 2: names are compared without case)."""

    def __init__(self, archive: zipfile.ZipFile, most_unpacked: int) -> None:
        self._archive = archive
        self._parts = {part.filename.lower(): part for part in archive.infolist()}
        self._most = self._left = most_unpacked

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """By id, what a part refers to: the last word of the kind, and the other part's name."""
        folder, name = posixpath.split(part)
        listed = _Relationships()
        self.read(posixpath.join(folder, "_rels", f"{name}.rels"), listed)
        return {
            key: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
            for key, kind, target in listed.found
        }

    def read(self, part: str, handler: _Handler) -> None:
        """Parse a part as a whole; one that is not there is empty."""
        for _ in self.parse(part, handler):
            pass

    def parse(self, part: str, handler: _Handler) -> Iterator[None]:
        """Parse a part, stopping after each stretch of it so that what was found so far can be taken."""
        entry = self._parts.get(part.lower())
        if entry is None:
            return
        if entry.compress_type not in _METHODS:
            raise unreadable("", "The workbook is compressed in a way that workbooks are not.")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: handler.start(_local(name), attributes)
        parser.EndElementHandler = lambda name: handler.end(_local(name))
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        with self._archive.open(entry) as unpacked:
            while chunk := unpacked.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise unreadable("", f"The workbook unpacks to more than {self._most:,} bytes.")
                _parse(parser, chunk)
                yield
        _parse(parser, b"")
        yield


class _Relationships:
    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))

    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


class _Book:
    """The ids of the sheets that are not hidden, in their order, and which calendar the dates are of."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.from_1904 = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self.sheets += [value for key, value in attributes.items() if _local(key) == "id" and key != "id"]
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in {"1", "true"}

    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def _parse(parser: expat.XMLParserType, chunk: bytes) -> None:
    """Parse the next stretch of a part; an empty one is its end."""
    try:
        parser.Parse(chunk, not chunk)
    except LookupError as error:
        raise unreadable("", f"A part of the workbook cannot be decoded: {str(error)[:100]}.") from error


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    raise unreadable("", "A part of the workbook declares entities, which no workbook does.")
