"""A version as CSV (RFC 4180), as spreadsheets write it: UTF-8 with or without a BOM, commas or semicolons."""

import csv
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from services.controls.documents.contents import MOST_REQUIREMENTS, Contents, Entry, Part
from services.controls.documents.faults import DocumentUnreadable, Faults
from services.controls.documents.own import OwnRequirement, check_together, entry_of
from services.controls.documents.reading import decoded
from shared.problems import Fault

COLUMNS = ("ref", "title", "text", "kind", "group", "group_title", "categories", "parent", "assessed")
_NEEDED = ("ref", "title")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_BETWEEN = re.compile(r"[;,|\s]+")


def read_table(raw: bytes) -> Contents:
    """The requirements of a CSV, one a line; `DocumentInvalid` with every fault by line and column.

    A fault's pointer is `/<line>/<column>`: the line of the file, counted from 1, where the requirement ends.
    """
    text = decoded(raw)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise DocumentUnreadable("The file holds a NUL.", faults=[Fault(f"/{line}", f"line {line}: holds a NUL")])
    rows = _rows(text)
    header = [name.strip().lower() for name in next(rows, (1, []))[1]]
    faults = Faults()
    _check_header(header, faults)
    faults.refuse_if_any()
    entries: list[Entry] = []
    places: list[str] = []
    for line, cells in rows:
        if len(entries) + faults.count > MOST_REQUIREMENTS:
            faults.add(f"/{line}", f"line {line}: a version may have {MOST_REQUIREMENTS:,} requirements")
            break
        if (entry := _entry(line, header, cells, faults)) is not None:
            entries.append(entry)
            places.append(f"/{line}")
    if not entries and not faults.count:
        faults.add("/1", "line 1: there is no requirement below it")
    codes = list(dict.fromkeys(code for entry in entries for code in entry.categories))
    check_together(entries, codes, places, faults)
    faults.refuse_if_any()
    return Contents(None, entries, [Part(code, code) for code in codes])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that has something in it, with the line it ends on."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    lines = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                yield lines.line_num, cells
    except csv.Error as error:
        detail = f"line {lines.line_num}: {error}"
        raise DocumentUnreadable(f"This is no CSV: {detail}.", faults=[Fault(f"/{lines.line_num}", detail)]) from error


def _lines(text: str) -> Iterator[str]:
    """The lines one by one, so that a file of millions of them is not held twice."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _check_header(header: list[str], faults: Faults) -> None:
    for number, name in enumerate(header, start=1):
        if name not in COLUMNS:
            faults.add("/1", f"line 1, column {number}: {name[:40]!r} is none of {', '.join(COLUMNS)}")
        elif name in header[: number - 1]:
            faults.add(f"/1/{name}", f"line 1, column {number}: {name} is there already")
    for name in _NEEDED:
        if name not in header:
            faults.add(f"/1/{name}", f"line 1: the column {name} is missing")


def _entry(line: int, header: list[str], cells: list[str], faults: Faults) -> Entry | None:
    if len(cells) > len(header):
        faults.add(f"/{line}", f"line {line}: has {len(cells)} cells, and the header {len(header)}")
        return None
    given: dict[str, Any] = {
        name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip() or name in _NEEDED
    }
    if "categories" in given:
        given["categories"] = [each for each in _BETWEEN.split(given["categories"]) if each]
    if "assessed" in given:
        word = given["assessed"].lower()
        given["assessed"] = True if word in _YES else False if word in _NO else given["assessed"]
    if "text" in given:
        given["text"] = given["text"].replace("\r\n", "\n").replace("\r", "\n")
    try:
        return entry_of(OwnRequirement.model_validate(given))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False, include_input=False):
            faults.add(f"/{line}/{each['loc'][0]}", f"line {line}, column {each['loc'][0]}: {each['msg']}")
        return None
