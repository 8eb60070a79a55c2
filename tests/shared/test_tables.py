"""Tables that come in and go out: what is in them, wherever it is, and nothing that runs."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from shared.children.pool import Children
from shared.clock import new_id
from shared.problems import LimitExceeded
from shared.tables.csv_reading import rows_of_csv
from shared.tables.csv_writing import csv_lines
from shared.tables.formats import TableFormat, UnreadableTable
from shared.tables.formulas import guarded, runs, unguarded
from shared.tables.headings import Column, Shape, understood
from shared.tables.reading import rows_of
from shared.tables.tables import Row, read_table, rows_under
from shared.tables.tables import workbook as written
from tests.shared.workbooks import inline, workbook

ORG = new_id()
NAMES = ("code", "title")
SHAPE = Shape(columns=[Column("code", ["Control ID"], required=True), Column("title", ["Name"])], most_rows=3)
_FAR = 4_294_967_295


@pytest.fixture
async def children() -> AsyncIterator[Children]:
    running = Children()
    yield running
    await running.close()


def _cells(content: bytes) -> list[tuple[int, list[str]]]:
    return list(rows_of(content, TableFormat.XLSX))


async def _rows(children: Children, content: list[bytes], kind: TableFormat, shape: Shape) -> list[Row]:
    table = await read_table(children, ORG, content, kind, shape)
    return rows_under(table, understood(table.headings, shape, asked={}, kept={}, row=table.header_row))


def _by_a_program(rows: list[list[Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, day)
                else:
                    sheet.write(number, column, value)
    return out.getvalue()


# Every way to say where a cell is that a guard in front of the reader did not see.
@pytest.mark.parametrize(
    "cell",
    [
        inline("x", f"A{_FAR}"),
        inline("x", "a4294967295"),
        inline("x", f" A{_FAR} "),
        inline("x", "A1048577"),
        inline("x", "XFE2"),
        inline("x", "A0"),
        inline("x", "ZZZZZZ2"),
        inline("x", "A2:B7"),
        inline("x", ""),
    ],
)
@pytest.mark.parametrize("folder", ["xl", "elsewhere"])
def test_a_cell_that_is_nowhere_is_refused(cell: str, folder: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        _cells(workbook(f'<row r="1">{inline("code")}</row><row r="2">{cell}</row>', folder=folder))
    assert [fault.pointer for fault in refused.value.faults] == ["/rows/2"]


@pytest.mark.parametrize("number", [_FAR, 1_048_577, 0, -1, "1e9", "x", " 2"])
def test_a_row_that_is_nowhere_is_refused(number: object) -> None:
    with pytest.raises(UnreadableTable, match="row"):
        _cells(workbook(f'<row r="{number}">{inline("code")}</row>'))


def test_cells_are_where_they_say_or_behind_the_one_before() -> None:
    first = f"<row>{inline('a')}{inline('c', 'C1')}{inline('d')}</row>"
    rows = f'{first}<row r="7">{inline("x")}</row><row>{inline("y", "B8")}</row>'
    assert _cells(workbook(rows)) == [(1, ["a", "", "c", "d"]), (7, ["x"]), (8, ["", "y"])]


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        (f'<row r="2">{inline("x")}</row><row r="2">{inline("y")}</row>', "/rows/2"),
        (f'<row r="1">{inline("x", "B1")}{inline("y", "A1")}</row>', "/rows/1"),
        (f'<row r="1">{inline("x", "A1")}{inline("y", "A1")}</row>', "/rows/1"),
        (f'<row r="1">{inline("x", "A2")}</row>', "/rows/1"),
    ],
)
def test_what_is_out_of_order_is_refused_with_its_row(rows: str, pointer: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        _cells(workbook(rows))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_distant_cells_and_a_million_formatted_rows_take_no_room() -> None:
    formatted = "".join(f'<row r="{number}"><c r="XFD{number}" s="1"/></row>' for number in range(2, 200_000))
    last = f'<row r="1048576">{inline("end", "A1048576")}</row>'
    assert _cells(workbook(f'<row r="1">{inline("code")}</row>{formatted}{last}')) == [
        (1, ["code"]),
        (1_048_576, ["end"]),
    ]


def test_values_are_what_the_cells_show() -> None:
    texts = "<si><t>shared</t></si><si><r><t>ri</t></r><r><t xml:space='preserve'>ch </t></r><rPh><t>no</t></rPh></si>"
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="[$-407]d. mmm"/>'
        '<numFmt numFmtId="171" formatCode="0&quot; days&quot;"/>'
        '<numFmt numFmtId="172" formatCode="[h]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="170"/><xf numFmtId="171"/>'
        '<xf numFmtId="172"/></cellXfs>'
    )
    cells = {
        '<c t="s"><v>0</v></c>': "shared",
        '<c t="s"><v>1</v></c>': "rich ",
        '<c t="str"><f>1+1</f><v>for_x000A_mula_xD800_</v></c>': "for\nmula_xD800_",
        '<c t="b"><v>1</v></c>': "true",
        '<c t="e"><v>#REF!</v></c>': "#REF!",
        '<c t="d"><v>2026-01-05</v></c>': "2026-01-05",
        "<c><v>101</v></c>": "101",
        "<c><v>1.50</v></c>": "1.5",
        '<c s="1"><v>46027</v></c>': "2026-01-05",
        '<c s="2"><v>46027.5</v></c>': "2026-01-05T12:00:00",
        '<c s="3"><v>59</v></c>': "1900-02-28",
        '<c s="4"><v>7</v></c>': "7",
        '<c s="5"><v>0.25</v></c>': "06:00:00",
        "<c><f>1+1</f></c>": "",
        '<c t="s"><v></v></c>': "",
        inline("end"): "end",
    }
    assert _cells(workbook(f"<row>{''.join(cells)}</row>", texts=texts, styles=styles)) == [(1, list(cells.values()))]


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="s"><v>1</v></c>',
        '<c t="s"><v>-1</v></c>',
        "<c><v>one</v></c>",
        "<c><v>1e999</v></c>",
        "<c><v>NaN</v></c>",
        f'<c t="s"><v>{"9" * 5_000}</v></c>',
    ],
)
def test_a_value_that_is_none_is_refused_with_its_row(cell: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        _cells(workbook(f"<row>{inline('code')}</row><row>{cell}</row>", texts="<si><t>x</t></si>"))
    assert [fault.pointer for fault in refused.value.faults] == ["/rows/2"]


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_workbook_of_a_spreadsheet_program_is_read(from_1904: bool) -> None:
    rows: list[list[Any]] = [["code", "when"], ["a&b", datetime(2026, 1, 5)], [101, 1.25], ["=1+1", True]]  # noqa: DTZ001
    content = _by_a_program(rows, date_1904=True) if from_1904 else _by_a_program(rows)
    assert _cells(content) == [
        (1, ["code", "when"]),
        (2, ["a&b", "2026-01-05"]),
        (3, ["101", "1.25"]),
        (4, ["0", "true"]),  # a formula is not evaluated: this writer saves it with the value 0
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"code,title\n",
        b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
        workbook("", parts={"xl/workbook.xml": b""}),
        workbook("<row><c>"),
        workbook(f'<row r="1">{inline("code")}</row>', parts={"_rels/.rels": b"<Relationships/>"}),
        workbook("", parts={"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'}),
    ],
)
def test_what_is_no_workbook_has_no_rows_or_is_refused(content: bytes) -> None:
    with suppress(UnreadableTable):
        assert _cells(content) == []


def test_only_what_is_read_counts_towards_what_a_workbook_unpacks_to() -> None:
    zeros = bytes(65 * 1024 * 1024)
    assert _cells(workbook(f"<row>{inline('code')}</row>", parts={"xl/media/zeros.bin": zeros})) == [(1, ["code"])]
    with pytest.raises(UnreadableTable, match="unpacks to more"):
        _cells(workbook("", parts={"xl/sharedStrings.xml": b"<sst>" + b" " * len(zeros)}))


async def test_rows_come_by_the_names_of_their_columns(children: Children) -> None:
    content = [b"\xef\xbb\xbfCode ;TITLE;;\r\n", b'A-1;"two\nlines"\r\n\r\nA-2;\'=x\r\n']
    assert await _rows(children, content, TableFormat.CSV, SHAPE) == [
        Row(2, {"code": "A-1", "title": "two\nlines"}),
        Row(4, {"code": "A-2", "title": "=x"}),
    ]


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"", "/rows/1"),
        (b"title\n", "/rows/1/code"),
        (b"\n\ntitle,colour\n", "/rows/3/code"),
        (b"code,Control ID\n", "/rows/1/code"),
        (b"code,code\n", "/rows/1/code"),
        (b"code,title\nA-1,x,more\n", "/rows/2"),
        (b'code\nA-1\n"open', "/rows/3"),
        (b"code\nA-1,\xff\n", "/rows/2"),
        (b"code\n" + b"A-1\n" * 4, "/rows/5"),
        (b"code\n" + b"x" * 200_000, "/rows/2"),
    ],
)
async def test_what_is_no_such_table_is_refused_by_row(children: Children, content: bytes, pointer: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        await _rows(children, [content], TableFormat.CSV, SHAPE)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


async def test_what_takes_too_much_is_refused_with_the_limit(children: Children) -> None:
    """Which of its limits is met first depends on how fast the machine is."""
    many = b"<sst>" + b"<si><t>ab</t></si>" * 3_500_000 + b"</sst>"
    limit = r"Reading a table may take (192 MiB of memory|15 seconds of processor time)\."
    with pytest.raises(LimitExceeded, match=limit):
        await read_table(children, ORG, [workbook("", parts={"xl/sharedStrings.xml": many})], TableFormat.XLSX, SHAPE)


@pytest.mark.parametrize("kind", TableFormat)
async def test_what_is_written_reads_back_equal(children: Children, kind: TableFormat) -> None:
    titles = ["=1+1", "\uff1d1+1", "'=x", "plain", "\t=x", "two\nlines", "-1"]
    rows = [[f"A-{number}", title] for number, title in enumerate(titles)]

    async def parts() -> AsyncIterator[list[list[str]]]:
        yield rows[:3]
        yield rows[3:]

    if kind == TableFormat.CSV:
        content = [csv_lines([NAMES, *rows]).encode()]
    else:
        content = await written(children, ORG, "Things", NAMES, parts())
    shape = Shape(SHAPE.columns, most_rows=100)
    read = await _rows(children, content, kind, shape)
    assert [[row.cells["code"], row.cells["title"]] for row in read] == rows


@pytest.mark.parametrize(
    "sign", [*"=+-@", *"\uff1d\uff0b\uff0d\uff20", "\ufe66", "\ufe62", "\ufe63", "\ufe6b", "\u2212"]
)
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\u200b", "\ufeff", "\x00", "'"])
def test_what_begins_like_a_formula_is_written_as_text(sign: str, before: str) -> None:
    (cell,) = next(csv.reader(io.StringIO(csv_lines([[f"{before}{sign}HYPERLINK(1)"]]))))
    assert cell == f"'{before}{sign}HYPERLINK(1)"


@pytest.mark.parametrize("cell", ["\tx", "\rx", "\nx"])
def test_what_begins_with_a_separator_is_written_as_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


@given(st.text("'=+-@\uff1d\t\r\n ax\u200b\u2212"))
def test_a_guarded_cell_reads_back_equal_and_does_not_run(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not runs(guarded(cell))


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2), min_size=1
    ),
    st.integers(1, 9),
)
def test_a_csv_in_parts_is_read_as_the_whole(rows: list[list[str]], size: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b"], *rows])
    content = out.getvalue().encode()
    parts = [content[begin : begin + size] for begin in range(0, len(content), size)]
    assert [cells for _, cells in rows_of_csv(parts)] == [["a", "b"], *rows]
    assert list(rows_of_csv([content])) == list(rows_of_csv(parts))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b;c\n1,2;3\n", [(1, ["a", "b;c"]), (2, ["1", "2;3"])]),
        ("a;b;c,d\n1;2;3\n", [(1, ["a", "b", "c,d"]), (2, ["1", "2", "3"])]),
        ("a\tb\n1\t2,5\n", [(1, ["a", "b"]), (2, ["1", "2,5"])]),
        ("sep=;\na,b;c\n", [(2, ["a,b", "c"])]),
        ('"sep=|"\r\na|b\r\n', [(2, ["a", "b"])]),
        ("sep=\t\na,b\tc\n", [(2, ["a,b", "c"])]),
        ("separate\n1\n", [(1, ["separate"]), (2, ["1"])]),
        ("", []),
    ],
)
def test_what_cells_are_apart_by_is_said_by_the_first_line(content: str, rows: list[tuple[int, list[str]]]) -> None:
    assert [row for row in rows_of_csv([content.encode()]) if row[1]] == rows


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_the_rows_of_a_csv_end_with_any_line_break(breaks: str) -> None:
    content = breaks.join(["\ufeffa;b", "1;2", '"3', '";4']).encode()
    parts = [content[begin : begin + 1] for begin in range(len(content))]
    assert list(rows_of_csv(parts)) == [(1, ["a", "b"]), (2, ["1", "2"]), (3, [f"3{breaks}", "4"])]


@pytest.mark.parametrize(
    ("content", "pointer"),
    [(b"a,b\n1,\xff\n", "/rows/2"), (b'a,b\n1,"2\n', "/rows/2"), (b"a,b\n" + b"x" * 2_000_000, "/rows/2")],
)
def test_where_a_csv_cannot_be_read_is_said(content: bytes, pointer: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        list(rows_of_csv([content[:3], content[3:1_500_000], content[1_500_000:]]))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
