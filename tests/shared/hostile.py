"""Tables that nobody sends by accident: what each does to a reader, and what it is answered."""

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import psutil

from shared.tables.formats import MEDIA_TYPES, TableFormat
from tests.shared.workbooks import inline, workbook

CSV, XLSX = MEDIA_TYPES[TableFormat.CSV], MEDIA_TYPES[TableFormat.XLSX]
MEBIBYTE = 1024 * 1024

Content = Callable[[Sequence[str]], bytes]


@dataclass(frozen=True, slots=True)
class Attack:
    """A file under these headings, sent as `media_type`, and words of the refusal of it."""

    name: str
    content: Content
    words: str
    media_type: str = XLSX
    problem: str = "unreadable-table"
    status: int = 422


def attacks(*, unpacked: int) -> list[Attack]:
    """The attacks on a reader that unpacks so many mebibytes of a workbook at most."""
    return [
        *(
            Attack(f"cell {reference}", _with_row(f"<row r='2'>{inline('x', reference)}</row>"), "nowhere in this row")
            for reference in ("A4294967295", "a4294967295", "a2", "A1048577", "A0", "\uff212", "A2:B9", "ZZZZ2")
        ),
        Attack("row 4294967295", _with_row(f"<row r='4294967295'>{inline('x')}</row>"), "is none"),
        Attack("column past the last", _with_row(f"<row r='2'>{inline('x', 'XFE2')}</row>"), "in column 16,385"),
        Attack("16,384 columns", _wide(16_384), "16,384 columns"),
        Attack("500,000 columns", _columns(500_000), "columns; a table may have 200", CSV),
        Attack("a million columns", _columns(1_000_000), "Line 1 has more than", CSV),
        Attack("zip bomb", _bomb(unpacked), "unpacks to more"),
        Attack("nested zip", _nested, "is not XML"),
        Attack("shared text of a mebibyte", _long_text(1), "more than 32,767 characters"),
        Attack("entity expansion", _part("xl/sharedStrings.xml", _entities()), "declares entities"),
        Attack("external entity", _part("xl/sharedStrings.xml", _external_entity()), "declares entities"),
        Attack("unknown encoding", _part("xl/sharedStrings.xml", _encoded("nonsense")), "cannot be decoded"),
        Attack("encoding that is no text", _part("xl/sharedStrings.xml", _encoded("zlib")), "cannot be decoded"),
        Attack("compressed by bzip2", _bzip2, "compressed in a way"),
        Attack("truncated workbook", lambda names: _table(names)[:-200], "is not an XLSX workbook"),
        Attack("truncated part", _damaged, "is not an XLSX workbook"),
        Attack("truncated CSV", lambda names: f'{_line(names)}\n"open'.encode(), "unexpected end", CSV),
        Attack("CSV that is not UTF-8", lambda names: _line(names).encode() + b"\n\xff\xfe", "is not UTF-8", CSV),
        Attack("line of a million characters", _long_line, "field limit", CSV),
        Attack("workbook sent as CSV", _table, "is not UTF-8", CSV),
        Attack("CSV sent as workbook", lambda names: _line(names).encode(), "is not an XLSX workbook"),
        Attack("heading with a NUL character", lambda names: f"{_line(names)},\0x".encode(), "NUL character", CSV),
        *(
            Attack(f"sent as {kind}", _table, "application/vnd.openxmlformats", kind, "unsupported-media-type", 415)
            for kind in ("application/vnd.ms-excel", "application/zip", "multipart/form-data; boundary=x", "text/html")
        ),
    ]


async def assert_refused(
    send: Callable[[bytes, str], Awaitable[httpx.Response]], names: Sequence[str], *, unpacked: int = 65
) -> None:
    """Each attack under these headings is answered by its own refusal, by who is given its bytes and media type."""
    for attack in attacks(unpacked=unpacked):
        answer = await send(attack.content(names), attack.media_type)
        expected = (attack.status, f"/problems/{attack.problem}")
        assert (answer.status_code, answer.json().get("type")) == expected, f"{attack.name}: {answer.text}"
        assert attack.words in answer.json()["detail"], attack.name


@asynccontextmanager
async def memory_within(mebibytes: int, process: psutil.Process) -> AsyncIterator[None]:
    """What happens meanwhile lets the resident memory of a process grow by so much at most."""
    before = most = process.memory_info().rss

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
    assert most - before < mebibytes * MEBIBYTE, f"grew by {(most - before) // MEBIBYTE} MiB"


def formula_cell(expression: str, saved: str) -> str:
    """A cell with a formula and the value that it was saved with."""
    return f'<c t="str"><f>{expression}</f><v>{saved}</v></c>'


def formulas_in(content: bytes) -> int:
    """How many cells of a workbook that went out are formulas."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    return sum(sheet.count(b"<f>") + sheet.count(b"<f ") for sheet in sheets)


def cells_kept_as_text(content: bytes) -> int:
    """How many cells of a workbook stay text when somebody edits them (`quotePrefix`, ECMA-376 part 1, 18.8.45)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles, sheet = archive.read("xl/styles.xml").decode(), archive.read("xl/worksheets/sheet1.xml").decode()
    formats = re.findall(r"<xf [^>]*>", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0])
    quoting = {str(number) for number, each in enumerate(formats) if 'quotePrefix="1"' in each}
    return sum(style in quoting for style in re.findall(r'<c r="[A-Z]+[0-9]+" s="([0-9]+)"', sheet))


def long_shared_text(names: Sequence[str], mebibytes: int) -> bytes:
    """A workbook of which a cell refers to a shared text of so many mebibytes."""
    book = workbook(f'{_header(names)}<row><c t="s"><v>0</v></c></row>')
    return _with_texts(book, b"<sst><si><t>", b"x", mebibytes, b"</t></si></sst>")


def _header(names: Sequence[str]) -> str:
    return f"<row r='1'>{''.join(map(inline, names))}</row>"


def _line(names: Sequence[str]) -> str:
    return ",".join(names)


def _table(names: Sequence[str]) -> bytes:
    return workbook(f"{_header(names)}<row>{inline('x')}</row>", texts="<si><t>shared</t></si>")


def _with_row(row: str) -> Content:
    return lambda names: workbook(_header(names) + row)


def _part(name: str, content: bytes) -> Content:
    return lambda names: workbook(_header(names), parts={name: content})


def _wide(columns: int) -> Content:
    return lambda names: workbook(_header([*names, *(f"c{place}" for place in range(len(names), columns))]))


def _columns(columns: int) -> Content:
    return lambda names: _line([*names, *("c" for _ in range(len(names), columns))]).encode()


def _bomb(mebibytes: int) -> Content:
    return lambda names: _with_texts(_table(names), b"<sst>", b" ", mebibytes, b"</sst>")


def _with_texts(book: bytes, begin: bytes, byte: bytes, mebibytes: int, end: bytes) -> bytes:
    """A workbook with other shared texts, some mebibytes of a byte among them, in a part named in capitals."""
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("XL/SHAREDSTRINGS.XML", "w") as part:
        part.write(begin)
        for _ in range(mebibytes):
            part.write(byte * MEBIBYTE)
        part.write(end)
    return out.getvalue()


def _long_text(mebibytes: int) -> Content:
    return lambda names: long_shared_text(names, mebibytes)


def _long_line(names: Sequence[str]) -> bytes:
    return f"{_line(names)}\n{'x' * 1_000_000}\n".encode()


def _nested(names: Sequence[str]) -> bytes:
    return workbook(_header(names), parts={"xl/worksheets/sheet1.xml": _table(names)})


def _entities() -> bytes:
    """Ten entities, each ten of the one before: a text of ten thousand million characters."""
    declared = "".join(
        f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "x" * 10}">' for number in range(10)
    )
    return f"<!DOCTYPE sst [{declared}]><sst><si><t>&e9;</t></si></sst>".encode()


def _external_entity() -> bytes:
    return b'<!DOCTYPE sst [<!ENTITY file SYSTEM "file:///etc/passwd">]><sst><si><t>&file;</t></si></sst>'


def _encoded(encoding: str) -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><sst/>'.encode()


def _bzip2(names: Sequence[str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_table(names))) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        for name in whole.namelist():
            archive.writestr(name, whole.read(name))
    return out.getvalue()


def _damaged(names: Sequence[str]) -> bytes:
    """A workbook of which a compressed part is cut off and its place filled with zeros."""
    content = bytearray(_table(names))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    begin = entry.header_offset + 30 + len(entry.filename)
    middle, end = begin + entry.compress_size // 2, begin + entry.compress_size
    content[middle:end] = bytes(end - middle)
    return bytes(content)
