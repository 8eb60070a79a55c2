"""What the rows of a table say of controls, and what controls look like as rows. Pure.

The columns are the members of a control's draft. `requirements` is a list, its members apart by `;`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from services.controls.register.controls.schemas import ControlDraft
from shared.problems import Fault, words_of
from shared.tables.tables import Row, Shape

# A recurrence is no single word: it is set by itself, and stays as it is when a file comes in.
COLUMNS = tuple(name for name in ControlDraft.model_fields if name != "recurrence")
SHAPE = Shape(
    columns=COLUMNS,
    required=frozenset(name for name, field in ControlDraft.model_fields.items() if field.is_required()),
    most_rows=5000,
)
_LIST_COLUMN = "requirements"


def drafts_of(rows: Iterable[Row]) -> tuple[dict[int, ControlDraft], list[Fault]]:
    """The controls that the rows describe, by row number, and all that is wrong with the others."""
    drafts: dict[int, ControlDraft] = {}
    first: dict[str, int] = {}
    faults: list[Fault] = []
    for row in rows:
        given: dict[str, Any] = {name: cell.strip() for name, cell in row.cells.items() if cell.strip()}
        if _LIST_COLUMN in given:
            given[_LIST_COLUMN] = [part for cell in given[_LIST_COLUMN].split(";") if (part := cell.strip())]
        try:
            draft = ControlDraft.model_validate(given)
        except ValidationError as error:
            faults += [Fault(pointer(row.number, str(fault["loc"][0])), words_of(fault)) for fault in error.errors()]
            continue
        if (earlier := first.setdefault(draft.code, row.number)) != row.number:
            faults.append(Fault(pointer(row.number, "code"), f"Row {earlier} has the code {draft.code} as well."))
            continue
        drafts[row.number] = draft
    return drafts, faults


def pointer(number: int, column: str) -> str:
    """Where a fault is."""
    return f"/rows/{number}/{column}"


def cells_of(control: Mapping[str, Any]) -> list[str]:
    """A control as a row of the table."""
    values = (control[name] for name in COLUMNS)
    return ["" if value is None else ";".join(value) if isinstance(value, list) else str(value) for value in values]
