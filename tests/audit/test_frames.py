"""What child processes make of a file: its frame, its faults, its hints; and what they select from the frame."""

import csv
import hashlib
import io
import zlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.sampling.draws.rules import draw_order, normal, systematic_places
from services.audit.sampling.frames.rules import FrameWriter, headings_of, rows_in
from services.audit.sampling.population_hints.rules import day_gaps, number_gaps
from services.audit.sampling.tasks import CannotSelect, HeadingMissing
from shared.tables.formats import TableFormat, UnreadableTable
from tests.audit.frames import changes, csv_of, keys_of, read, selected, xlsx_of

SEED = "5eed-2026-07-31"
_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
_KEYS = _CELLS.map(normal).filter(lambda key: bool(key.strip()))


def _frame(parts: list[bytes]) -> bytes:
    return b"".join(zlib.decompress(part) for part in parts)


def test_a_frame_has_the_rows_of_the_file_and_its_digest() -> None:
    parts, summary = read(csv_of(changes(3)))
    frame = _frame(parts)
    assert frame.decode().splitlines() == [
        "row,guard,key,day,Ticket,Closed,Team",
        "1,0,CHG-0001,2026-01-02,CHG-0001,2026-01-02,team 1",
        "2,0,CHG-0002,2026-01-03,CHG-0002,2026-01-03,team 2",
        "3,0,CHG-0003,2026-01-04,CHG-0003,2026-01-04,team 0",
    ]
    assert summary["sha256"] == hashlib.sha256(frame).hexdigest()
    assert (summary["rows"], summary["headings"], summary["faults"]) == (3, ["Ticket", "Closed", "Team"], [])


def test_a_workbook_makes_the_same_frame() -> None:
    parts, summary = read(xlsx_of(changes(50)), kind=TableFormat.XLSX)
    again, of_csv = read(csv_of(changes(50)))
    assert _frame(parts) == _frame(again)
    assert summary == of_csv


def test_a_file_in_parts_of_any_size_makes_the_same_frame() -> None:
    content = 'Ticket,Wörter\r\n1,ä\r\n2,"a\r\nb"\r\n3,変更'.encode()
    frames = {_frame(read(content, day=None, part=part)[0]) for part in (1, 2, 3, 7, 1000)}
    assert len(frames) == 1
    rows = list(rows_in(frames.pop(), is_first=True))
    assert [row.given for row in rows] == [["1", "ä"], ["2", "a\r\nb"], ["3", "変更"]]


@given(rows=st.lists(st.tuples(_KEYS, _CELLS, _CELLS), max_size=6), headings=st.lists(_CELLS, min_size=2, max_size=2))
def test_what_is_written_to_a_frame_is_read_back_and_nothing_in_it_runs(
    rows: list[tuple[str, str, str]], headings: list[str]
) -> None:
    writer = FrameWriter(headings)
    for number, (key, *cells) in enumerate(rows, start=1):
        writer.write(number, key, "2026-01-01", cells)
    text = writer.take()
    assert headings_of(text) == headings
    assert [(row.row, row.key, tuple(row.given)) for row in rows_in(text, is_first=True)] == [
        (number, key, tuple(cells)) for number, (key, *cells) in enumerate(rows, start=1)
    ]
    for line in csv.reader(io.StringIO(text.decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in line)


def test_every_fault_is_named_and_the_first_hundred_are_listed() -> None:
    rows = [("A", "2026-01-01"), ("B", "2026-07-01"), ("A", "2026-01-02"), (" ", "2026-01-02"), ("C", "03/04/2026")]
    parts, summary = read(csv_of(rows, headings="Ticket,Closed"))
    assert summary["faults"] == [
        ["/rows/3/Closed", "2026-07-01 is outside the period."],
        ["/rows/4/Ticket", "The key 'A' is that of row 2 already."],
        ["/rows/5/Ticket", "The row has no key."],
        ["/rows/6/Closed", "'03/04/2026' is no day that can be read in one way only: write it as 2026-03-31."],
    ]
    assert parts == [], "nothing is kept of it"
    _, summary = read(csv_of([("A", "2026-01-01")] * 150, headings="Ticket,Closed"))
    assert (len(summary["faults"]), summary["more_faults"], summary["rows"]) == (100, 49, 150)
    composed, _ = read(csv_of([("Ä", "2026-01-01")], headings="Ticket,Closed"))
    assert composed
    _, summary = read(csv_of([("Ä", "2026-01-01"), ("A\u0308", "2026-01-01")], headings="Ticket,Closed"))
    assert len(summary["faults"]) == 1, "the same key in another form of Unicode"
    _, summary = read(
        csv_of([("A" * 201, "2026-01-01"), ("B", "2026-01-01", "x"), ("C\0", "2026-01-01")], headings="Ticket,Closed")
    )
    assert [pointer for pointer, _ in summary["faults"]] == ["/rows/2/Ticket", "/rows/3", "/rows/4"]


def test_rows_outside_the_period_are_reported_where_that_is_asked() -> None:
    parts, summary = read(
        csv_of([("A", "2025-12-31"), ("B", "2026-01-05")], headings="Ticket,Closed"), outside="report"
    )
    assert (len(parts), summary["faults"]) == (1, [])
    days = summary["days"]
    assert (days["rows_outside_period"], days["first_day"], days["last_day"]) == (1, "2025-12-31", "2026-01-05")
    assert days["outside_period"] == [{"row": 2, "key": "A", "value": "2025-12-31"}]
    assert days["days_without_rows"] == 180
    assert days["gaps"][0] == {"first_day": "2026-01-06", "last_day": "2026-06-30", "days": 176}
    assert days["gap_count"] == 2


def test_numbers_that_are_missing_are_found() -> None:
    rows = [(f"CHG-{number}", "2026-01-01") for number in (7, 1, 2, 10, 3)] + [
        ("X", "2026-01-01"),
        ("Y-1", "2026-01-01"),
    ]
    _, summary = read(csv_of(rows, headings="Ticket,Closed"))
    assert summary["sequences"] == [
        {
            "prefix": "CHG-",
            "rows": 5,
            "first_number": 1,
            "last_number": 10,
            "missing": 5,
            "gap_count": 2,
            "gaps": [
                {"first_number": 4, "last_number": 6, "numbers": 3},
                {"first_number": 8, "last_number": 9, "numbers": 2},
            ],
        }
    ]


@given(days=st.sets(st.integers(0, 30)))
def test_gaps_and_days_make_the_whole_period(days: set[int]) -> None:
    there = [date(2026, 1, 1 + offset) for offset in sorted(days)]
    gaps = day_gaps(there, date(2026, 1, 1), date(2026, 1, 31))
    missing = {ordinal for first, last in gaps for ordinal in range(first.toordinal(), last.toordinal() + 1)}
    assert missing | {day.toordinal() for day in there} == set(
        range(date(2026, 1, 1).toordinal(), date(2026, 2, 1).toordinal())
    )
    assert not missing & {day.toordinal() for day in there}


@given(numbers=st.sets(st.integers(0, 60), min_size=1))
def test_gaps_and_numbers_make_the_whole_sequence(numbers: set[int]) -> None:
    missing = {number for first, last in number_gaps(numbers) for number in range(first, last + 1)}
    assert missing | numbers == set(range(min(numbers), max(numbers) + 1))
    assert not missing & numbers


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b"", "/rows/1"),
        (b"Ticket,Closed\n", ""),
        (b"Ticket,Closed\n\xff,2026-01-01\n", "/rows/2"),
        (b'Ticket,Closed\n"A,2026-01-01\n', "/rows/2"),
        (b"Ticket," + b",".join(b"c%d" % n for n in range(200)) + b"\nA\n", "/rows/1"),
        (b"Ticket,Closed\n" + b"A" * 1_100_000, "/rows/2"),
    ],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, pointer: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read(content, part=300_000)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_heading_that_is_not_there_says_nothing_of_the_file() -> None:
    with pytest.raises(HeadingMissing, match="No heading is 'Key'; they are 'Ticket', 'Closed', 'Team'"):
        read(csv_of(changes(1)), key="Key")


def test_headings_are_made_distinct() -> None:
    _, summary = read(b"Ticket,,Team,Team,,\nA,1,2,3,,\nB,1,2,3,4,\n", day=None)
    assert summary["headings"] == ["Ticket", "column 2", "Team", "Team (2)"]
    assert summary["faults"] == [["/rows/3", "The row has more cells than the header, which has 4."]]


def test_a_random_selection_takes_the_first_in_the_draw_order() -> None:
    parts, _ = read(csv_of(changes(2_000)), part=100_000)
    found = selected(parts, method="random", size=25)
    order = [ticket.key for ticket in draw_order(SEED, [key for key, *_ in changes(2_000)])]
    assert keys_of([*found["selected"], *found["reserve"]]) == order[: 25 + 75]
    first = found["selected"][0]
    assert first["cells"]["Ticket"] == first["key"]
    assert first["day"] == first["cells"]["Closed"]
    assert first["ticket"] == draw_order(SEED, [first["key"]])[0].text
    with pytest.raises(CannotSelect, match="2000 items"):
        selected(parts, method="random", size=2_001)


def test_a_population_without_keys_is_drawn_by_rows() -> None:
    parts, summary = read(csv_of(changes(20)), key=None)
    assert summary["sequences"] == []
    order = [ticket.key for ticket in draw_order(SEED, [f"row:{number}" for number in range(1, 21)])]
    assert keys_of(selected(parts, method="random", size=20)["selected"]) == order


def test_a_systematic_selection_goes_by_keys_and_not_by_rows() -> None:
    rows = changes(168)
    parts, _ = read(csv_of(reversed(rows)))
    found = selected(parts, method="systematic", size=13)
    assert keys_of(found["selected"]) == [rows[place][0] for place in systematic_places(SEED, 168, 13)]
    assert not set(keys_of(found["reserve"])) & set(keys_of(found["selected"]))
    assert len(found["reserve"]) == 2 * 13 + 25


def test_a_systematic_selection_with_the_period_of_the_frame_is_refused() -> None:
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + number) for number in range(140)]
    rows = [(f"RUN-{number:04}", day.isoformat(), "nightly") for number, day in enumerate(days)]
    parts, _ = read(csv_of(rows))
    with pytest.raises(CannotSelect, match=r"Every selected item falls on a [A-Z][a-z]+day"):
        selected(parts, method="systematic", size=20)
    assert len(selected(parts, method="systematic", size=19)["selected"]) == 19


def test_strata_are_drawn_each_by_itself() -> None:
    rows = [(f"CHG-{number:04}", "2026-01-01", "=big" if number % 10 else "small") for number in range(1, 201)]
    parts, _ = read(csv_of(rows))
    found = selected(parts, method="stratified", size=10, stratum="Team")
    assert [item["stratum"] for item in found["selected"]] == ["=big"] * 9 + ["small"]
    order = [ticket.key for ticket in draw_order(SEED, [key for key, _, team in rows if team == "=big"])]
    assert keys_of(found["selected"])[:9] == order[:9]
    assert keys_of(item for item in found["reserve"] if item["stratum"] == "=big") == order[9 : 9 + 43]
    own = selected(parts, method="stratified", size=6, stratum="Team", strata={"small": 5, "=big": 1})
    assert [item["stratum"] for item in own["selected"]] == ["=big"] + ["small"] * 5
    for wrong in ({"strata": {"small": 21}}, {"strata": {"medium": 1}}, {"stratum": "Squad"}, {"stratum": "Ticket"}):
        with pytest.raises(CannotSelect):
            selected(parts, **({"method": "stratified", "size": 10, "stratum": "Team"} | wrong))
    with pytest.raises(CannotSelect, match="cannot be spread"):
        selected(parts, method="stratified", size=1, stratum="Team")


def test_picked_items_are_taken_as_they_were_picked() -> None:
    parts, _ = read(csv_of(changes(20)))
    found = selected(parts, method="haphazard", size=2, picks=["CHG-0007", "CHG-0003", "CHG-0011"])
    assert keys_of(found["selected"]) == ["CHG-0007", "CHG-0003"]
    assert keys_of(found["reserve"]) == ["CHG-0011"]
    assert found["selected"][0]["ticket"] is None
    with pytest.raises(CannotSelect, match="no item 'CHG-9999'"):
        selected(parts, method="targeted", size=1, picks=["CHG-9999"])
