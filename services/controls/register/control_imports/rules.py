"""What the rows of a table say of controls, and what controls look like as rows. Pure.

The columns are the members of a control's draft. `requirements` is a list, its members apart by `;`.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.controls.register.controls.models import Control
from services.controls.register.controls.schemas import ControlDraft
from shared.people.references import BACKUP_IS_OWNER, KnownPerson, gone, unknown_person
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
# The columns that name people, and where a control keeps their ids.
OWNERS = {"owner": "owner_id", "backup_owner": "backup_owner_id"}


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


def owners_of(
    number: int, draft: ControlDraft, people: Mapping[str, KnownPerson], control: Control | None
) -> tuple[dict[str, UUID | None], list[Fault]]:
    """The columns of a row's owner and backup, and what is wrong with who they are.

    Who has left stays what they are of a control that is there: the same file can be brought in again.
    """
    owners: dict[str, UUID | None] = {}
    faults: list[Fault] = []
    for name, column in OWNERS.items():
        reference = getattr(draft, name)
        person = people.get(reference)
        owners[column] = person.id if person else None
        if reference is None:
            continue
        if person is None:
            faults.append(unknown_person(pointer(number, name), reference))
        elif not person.is_there and (control is None or getattr(control, column) != person.id):
            faults.append(gone(pointer(number, name), person))
    if not faults and control is None and owners["owner_id"] == owners["backup_owner_id"]:
        faults.append(same_owner(number))
    return owners, faults


def same_owner(number: int) -> Fault:
    """The fault of a backup who is the owner."""
    return Fault(pointer(number, "backup_owner"), BACKUP_IS_OWNER)


def names_of(columns: Iterable[str]) -> list[str]:
    """The table's names of a control's columns."""
    by_column = {column: name for name, column in OWNERS.items()}
    return [by_column.get(column, column) for column in columns]


def pointer(number: int, column: str) -> str:
    """Where a fault is."""
    return f"/rows/{number}/{column}"


def cells_of(control: Mapping[str, Any]) -> list[str]:
    """A control as a row of the table."""
    values = (control[name] for name in COLUMNS)
    return ["" if value is None else ";".join(value) if isinstance(value, list) else str(value) for value in values]
