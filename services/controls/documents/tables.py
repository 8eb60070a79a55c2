"""A version as CSV (RFC 4180), as spreadsheets write it: UTF-8 with or without a BOM, commas or semicolons."""

import re
from typing import Any

from pydantic import ValidationError

from services.controls.documents.contents import MOST_REQUIREMENTS, Contents, Entry, Part
from services.controls.documents.faults import Faults
from services.controls.documents.own import OwnRequirement, check_together, entry_of
from shared.problems import words_of
from shared.tables.formats import TableFormat
from shared.tables.reading import rows_of

COLUMNS = ("ref", "title", "text", "kind", "group", "group_title", "categories", "parent", "assessed", "assertions")
_NEEDED = ("ref", "title")
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_BETWEEN = re.compile(r"[;,|\s]+")


def read_table(raw: bytes) -> Contents:
    """The requirements of a CSV, one a row; `DocumentInvalid` with every fault by row and column.

    A fault's pointer is `/rows/<number>/<column>`, as a spreadsheet numbers rows. `UnreadableTable` when it is no CSV.
    """
    rows = rows_of(raw, TableFormat.CSV)
    number, first = next(rows, (1, []))
    header = [name.strip().lower() for name in first]
    faults = Faults()
    _check_header(number, header, faults)
    faults.refuse_if_any()
    entries: list[Entry] = []
    places: list[str] = []
    for number, cells in rows:
        place = f"/rows/{number}"
        if len(entries) + faults.count > MOST_REQUIREMENTS:
            faults.add(place, f"a version may have {MOST_REQUIREMENTS:,} requirements")
            break
        if (entry := _entry(place, header, cells, faults)) is not None:
            entries.append(entry)
            places.append(place)
    if not entries and not faults.count:
        faults.add("/rows/1", "there is no requirement below it")
    codes = list(dict.fromkeys(code for entry in entries for code in entry.categories))
    check_together(entries, codes, places, faults)
    faults.refuse_if_any()
    return Contents(None, entries, [Part(code, code) for code in codes])


def _check_header(row: int, header: list[str], faults: Faults) -> None:
    for number, name in enumerate(header, start=1):
        if name not in COLUMNS:
            faults.add(f"/rows/{row}", f"column {number}: {name[:40]!r} is none of {', '.join(COLUMNS)}")
        elif name in header[: number - 1]:
            faults.add(f"/rows/{row}/{name}", f"column {number}: {name} is there already")
    for name in _NEEDED:
        if name not in header:
            faults.add(f"/rows/{row}/{name}", f"the column {name} is missing")


def _entry(place: str, header: list[str], cells: list[str], faults: Faults) -> Entry | None:
    if len(cells) > len(header):
        faults.add(place, f"has {len(cells)} cells, and the header {len(header)}")
        return None
    given: dict[str, Any] = {
        name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip() or name in _NEEDED
    }
    for name in ("categories", "assertions"):
        if name in given:
            given[name] = [word for word in _BETWEEN.split(given[name]) if word]
    if "assessed" in given:
        word = given["assessed"].lower()
        given["assessed"] = True if word in _YES else False if word in _NO else given["assessed"]
    if "text" in given:
        given["text"] = given["text"].replace("\r\n", "\n").replace("\r", "\n")
    try:
        return entry_of(OwnRequirement.model_validate(given))
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            faults.add(f"{place}/{fault['loc'][0]}", words_of(fault))
        return None
