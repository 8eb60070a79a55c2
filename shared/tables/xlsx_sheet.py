"""The rows of a sheet from its elements, by the positions that rows and cells say, or else by their order (18.3.1)."""

import re
from collections.abc import Iterator, Mapping, Sequence

from shared.tables.formats import LONGEST_CELL, UnreadableTable, unreadable
from shared.tables.xlsx_values import Text, moment, number, unescaped

_ROW = re.compile(r"[1-9][0-9]{0,6}")
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_A = ord("A") - 1


class Sheet:
    """Takes elements and keeps the rows that are complete, until they are taken from it."""

    def __init__(self, texts: Sequence[str], are_dates: Sequence[bool], *, from_1904: bool) -> None:
        self._rows: list[tuple[int, dict[int, str]]] = []
        self._texts, self._are_dates, self._from_1904 = texts, are_dates, from_1904
        self._row = self._column = 0
        self._cells: dict[int, str] = {}
        self._attributes: Mapping[str, str] = {}
        self._inline = Text()
        self._value: list[str] | None = None
        self._given: str | None = None

    def take(self) -> Iterator[tuple[int, list[str]]]:
        """The rows since the last time, each laid out up to its last cell."""
        rows, self._rows = self._rows, []
        for row, cells in rows:
            yield row, [cells.get(column, "") for column in range(1, max(cells) + 1)]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._column = self._column_of(attributes.get("r"))
            self._attributes, self._given = attributes, None
        elif name == "v":
            self._value = []
        elif name == "row":
            self._row, self._column, self._cells = self._row_of(attributes.get("r")), 0, {}
        else:
            self._inline.start(name)

    def text(self, data: str) -> None:
        if self._value is None:
            self._inline.add(data)
        else:
            self._value.append(data)

    def end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name == "v" and self._value is not None:
            self._given, self._value = "".join(self._value), None
        elif name == "row" and self._cells:
            self._rows.append((self._row, self._cells))
            self._cells = {}
        else:
            self._inline.end(name)

    def _row_of(self, reference: str | None) -> int:
        if reference is not None and not _ROW.fullmatch(reference):
            raise unreadable("", f"A row has the number {reference[:30]!r}, which is none.")
        row = self._row + 1 if reference is None else int(reference)
        if row > _LAST_ROW:
            raise unreadable("", f"A sheet has {_LAST_ROW:,} rows, and this one a row {row:,}.")
        if row <= self._row:
            raise unreadable(f"/rows/{row}", f"The row {row} comes after the row {self._row}.")
        return row

    def _column_of(self, reference: str | None) -> int:
        if not self._row:
            raise unreadable("", "A cell is in no row.")
        column = self._column + 1
        if reference is not None:
            found = _CELL.fullmatch(reference)
            if not found or int(found[2]) != self._row:
                raise self._wrong(f"A cell says that it is {reference[:30]!r}, which is nowhere in this row.")
            column = 0
            for letter in found[1]:
                column = column * 26 + ord(letter) - _A
        if column > _LAST_COLUMN or column <= self._column:
            raise self._wrong(f"A cell is in column {column:,}, after column {self._column:,} of {_LAST_COLUMN:,}.")
        return column

    def _end_cell(self) -> None:
        if value := self._shown():
            if len(value) > LONGEST_CELL:
                raise self._wrong(f"The cell in column {self._column} has more than {LONGEST_CELL:,} characters.")
            self._cells[self._column] = value

    def _shown(self) -> str:
        """What the cell shows, as text: the value that it was saved with, and never a formula."""
        kind, inline = self._attributes.get("t", "n"), self._inline.take()
        if kind == "inlineStr":
            return inline
        if self._given is None or not self._given.strip():
            return ""
        try:
            match kind:
                case "s":
                    return self._texts[_index(self._given)]
                case "b":
                    return "true" if self._given.strip() == "1" else "false"
                case "n":
                    return self._number(self._given)
        except (ValueError, IndexError, OverflowError) as error:
            raise self._wrong(f"The cell in column {self._column} cannot be read: {error}.") from error
        return unescaped(self._given)

    def _number(self, given: str) -> str:
        style = self._attributes.get("s", "0")
        if style.isdecimal() and int(style) < len(self._are_dates) and self._are_dates[int(style)]:
            return moment(given, from_1904=self._from_1904)
        return number(given)

    def _wrong(self, why: str) -> UnreadableTable:
        return unreadable(f"/rows/{self._row}", why)


def _index(given: str) -> int:
    index = int(given)
    if index < 0:
        raise ValueError(f"there is no text {index}")
    return index
