"""The columns of a table of requests, and what its rows say. Pure functions.

A row that revises a draft carries its version, so that what was changed meanwhile is not overwritten.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.audit.requests.requests.models import Request
from services.audit.requests.requests.schemas import MOST_AT_ONCE, RequestDraft
from shared.problems import words_of
from shared.tables.cell_faults import CellFault, Cells
from shared.tables.days import REFUSAL, day_in
from shared.tables.headings import Column, Shape
from shared.tables.tables import Row
from shared.tables.wording import plain

# The texts that mean one thing are apart by `|`. What only goes out is ignored when it comes in.
_HEADINGS: Mapping[str, str] = {
    "code": "ID | Ref | Reference | No | Number | Request ID | Request no | Request # | PBC # | PBC no | #",
    "title": "Request | Name | Item | Document | Request title | Request name | Summary | Subject",
    "text": "Description | Request description | Details | What is needed | Wording | Instructions",
    "example": "Examples | Example evidence | Sample | Suggested evidence | Example of evidence",
    "addressee": "Addressed to | Contact | Client contact | Department | Responsible party | Assigned to",
    "due_on": "Due | Due date | Deadline | Due by | Needed by | Date due | Date needed",
    "version": "Request version",
}
IN = tuple(_HEADINGS)
_VERSION = re.compile(r"[1-9][0-9]{0,8}")
OUT = (*IN, "status", "overdue", "owner", "answers", "answered_at", "reason")
SHAPE = Shape(
    columns=[Column(name, words.split("|"), required=name in {"title", "text"}) for name, words in _HEADINGS.items()],
    most_rows=MOST_AT_ONCE,
)


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """What a row says of a request, and the version of the draft that it was exported at."""

    draft: RequestDraft
    version: int | None


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """What a request says of headings, by their plain words: `Our ref:code`."""
    return {plain(text): column for text, _, column in (each.rpartition(":") for each in columns)}


def cells_of(request: Mapping[str, Any]) -> list[str]:
    """A request, as the list answers it, as the cells of a row."""
    shown = dict(request) | {"owner": request["owner"]["name"] if request["owner"] else None}
    return [_cell(shown[name]) for name in OUT]


def drafts_in(rows: Iterable[Row]) -> tuple[dict[int, SheetDraft], list[CellFault]]:
    """The requests that the rows describe, by row number, and all that is wrong with the rows."""
    drafts: dict[int, SheetDraft] = {}
    first: dict[str, int] = {}
    faults: list[CellFault] = []
    for row in rows:
        cells = Cells(row.number, {name: text for name, cell in row.cells.items() if (text := cell.strip())})
        if "due_on" in cells.given and (day := day_in(cells.given["due_on"])) is None:
            cells.refuse("due_on", f"'{cells.given.pop('due_on')[:100]}' {REFUSAL}", row.cells["due_on"])
        elif "due_on" in cells.given:
            cells.given["due_on"] = day
        version = _version(cells)
        draft = _draft(cells, row)
        code = draft.code if draft else None
        if code is not None and (earlier := first.setdefault(code, row.number)) != row.number:
            cells.refuse("code", f"Row {earlier} has the code {code} as well.", code)
        if draft is not None and not cells.wrong:
            drafts[row.number] = SheetDraft(draft, version)
        faults += cells.faults(IN)
    return drafts, faults


def changes_of(draft: RequestDraft, columns: Collection[str], request: Request) -> dict[str, Any]:
    """What the columns of a row change of the draft that has its code; nothing where it says the same."""
    given = draft.model_dump(include={*columns} - {"code", "version"})
    return {name: value for name, value in given.items() if getattr(request, name) != value}


def fault_of_version(
    row: int, said: SheetDraft, request: Request | None, changed: Mapping[str, Any]
) -> CellFault | None:
    """Why a row cannot be taken in: it revises no draft, or not the draft as it is now.

    A row without a version may repeat what a draft says, and change nothing of it.
    """
    if request is None:
        if said.version is None:
            return None
        detail = "No request of this engagement has the code of the row: leave the version out to draft one."
    elif said.version is None and changed:
        detail = f"The row changes {request.code} and does not say at which version: export the requests anew."
    elif said.version not in {None, request.version}:
        detail = f"The request {request.code} is at version {request.version} now: export the requests anew."
    else:
        return None
    return CellFault(row, "version", detail, None if said.version is None else str(said.version))


def _version(cells: Cells) -> int | None:
    """The version that the cells say, which is no member of a draft."""
    text = cells.given.pop("version", None)
    if text is None or _VERSION.fullmatch(text):
        return text and int(text)
    cells.refuse("version", "This is no version: leave the column as it was exported.", text)
    return None


def _draft(cells: Cells, row: Row) -> RequestDraft | None:
    try:
        return RequestDraft.model_validate(cells.given)
    except ValidationError as error:
        for fault in error.errors():
            column = str(fault["loc"][0])
            if column not in cells.wrong:
                cells.refuse(column, words_of(fault), row.cells.get(column, "").strip() or None)
        return None


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
