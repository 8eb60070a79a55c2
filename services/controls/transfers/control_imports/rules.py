"""What the rows of a table say of controls, and what is wrong with them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from services.controls.frameworks.requirements.rules import Unresolved, references_in
from services.controls.register.controls.models import Control
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.rhythms.rules import faults_of
from services.controls.transfers.control_sheets.rules import (
    COLUMNS,
    LIST_COLUMN,
    OWNERS,
    RECURRENCE,
    WORDS,
    frequency_of,
    frequency_refusal,
    recurrence_in,
)
from shared.people.references import BACKUP_IS_OWNER, KnownPerson, gone, unknown_person
from shared.people.written import reference_in
from shared.problems import Fault, words_of
from shared.tables.cell_faults import CellFault, Cells
from shared.tables.tables import Row

_LONGEST_VALUE = 100  # characters of a cell that a fault repeats
_BY_MEMBER = {member: column for column, member in RECURRENCE.items()}


@dataclass(frozen=True, slots=True)
class Lookups:
    """What the cells of a table mean: requirements by their texts, and the active people who have a name."""

    requirements: Mapping[str, str | Unresolved]
    people: Mapping[str, list[UUID]]


def drafts_of(rows: Iterable[Row], lookups: Lookups) -> tuple[dict[int, ControlDraft], list[CellFault]]:
    """The controls that the rows describe, by row number, and all that is wrong with the rows.

    A row whose only faults are requirements has a draft without these, so that its people are judged, too.
    """
    drafts: dict[int, ControlDraft] = {}
    first: dict[str, int] = {}
    faults: list[CellFault] = []
    for row in rows:
        cells = _understood(row, lookups)
        draft = _draft(cells, row)
        if draft is not None and (earlier := first.setdefault(draft.code, row.number)) != row.number:
            cells.refuse("code", f"Row {earlier} has the code {draft.code} as well.", draft.code)
            draft = None
        if draft is not None:
            drafts[row.number] = draft
        faults += cells.faults(COLUMNS)
    return drafts, faults


def _understood(row: Row, lookups: Lookups) -> Cells:
    """The words, names and references of a row as a draft has them; what is not understood stays as it is."""
    said = {name: text for name, cell in row.cells.items() if (text := cell.strip())}
    cells = Cells(row.number, {name: text for name, text in said.items() if name not in RECURRENCE})
    for column in WORDS.keys() & said.keys():
        if (word := WORDS[column].meaning(said[column])) is not None:
            cells.given[column] = word
        else:
            cells.refuse(column, WORDS[column].refusal(said[column]), said[column])
    cells.given["recurrence"] = recurrence_in(said)
    if "frequency" in said:
        _understand_frequency(cells, said["frequency"])
    for column in OWNERS.keys() & said.keys():
        _understand_person(cells, column, said[column], lookups)
    if LIST_COLUMN in said:
        resolved = [(text, lookups.requirements[text]) for text in references_in(said[LIST_COLUMN])]
        cells.given[LIST_COLUMN] = [meant for _, meant in resolved if isinstance(meant, str)]
        for text, meant in resolved:
            if isinstance(meant, Unresolved):
                cells.refuse(LIST_COLUMN, meant.detail, text)
    return cells


def _understand_frequency(cells: Cells, text: str) -> None:
    meant = frequency_of(text)
    if meant is None:
        cells.refuse("frequency", frequency_refusal(text), text)
        return
    cells.given["frequency"], days = meant
    cells.given["recurrence"] = cells.given["recurrence"] or days


def _understand_person(cells: Cells, column: str, text: str, lookups: Lookups) -> None:
    reference = reference_in(text)
    people = lookups.people.get(text, [])
    named = f"'{text[:_LONGEST_VALUE]}'"
    if reference is not None or len(people) == 1:
        cells.given[column] = reference or str(people[0])
    elif people:
        cells.refuse(column, f"{len(people)} active people are called {named}: give the e-mail address.", text)
    else:
        cells.refuse(column, f"No active person is called {named}: give the e-mail address.", text)


def _draft(cells: Cells, row: Row) -> ControlDraft | None:
    """The draft that the cells make; None when they make none, which they say then."""
    understood = cells.wrong.keys() <= {LIST_COLUMN}
    try:
        draft = ControlDraft.model_validate(cells.given)
    except ValidationError as error:
        refused = set(cells.wrong)
        for fault in error.errors():
            column = _BY_MEMBER.get(str(fault["loc"][-1]), str(fault["loc"][0]))
            if column not in refused:
                value = row.cells.get(column, "").strip() or None
                cells.refuse(column, words_of(fault), value if column != "statement" else None)
        return None
    for unfit in faults_of(draft.frequency, draft.recurrence):
        column = _BY_MEMBER.get(unfit.pointer.rpartition("/")[2], "recurrence")
        cells.refuse(column, unfit.detail, row.cells.get(column, "").strip() or None)
        understood = False
    return draft if understood else None


def owners_of(
    number: int, draft: ControlDraft, people: Mapping[str, KnownPerson], control: Control | None
) -> tuple[dict[str, UUID | None], list[CellFault]]:
    """The columns of a row's owner and backup, and what is wrong with who they are.

    Who has left stays what they are of a control that is there: the same file can be brought in again.
    """
    owners: dict[str, UUID | None] = {}
    faults: list[CellFault] = []
    for name, column in OWNERS.items():
        reference = getattr(draft, name)
        person = people.get(reference)
        owners[column] = person.id if person else None
        if reference is None:
            continue
        if person is None:
            faults.append(cell_fault(number, unknown_person(name, reference), reference))
        elif not person.is_there and (control is None or getattr(control, column) != person.id):
            faults.append(cell_fault(number, gone(name, person), reference))
    if not faults and control is None and owners["owner_id"] == owners["backup_owner_id"]:
        faults.append(same_owner(number))
    return owners, faults


def same_owner(number: int) -> CellFault:
    """The fault of a backup who is the owner."""
    return CellFault(number, "backup_owner", BACKUP_IS_OWNER)


def names_of(columns: Iterable[str]) -> list[str]:
    """The table's names of a control's columns."""
    by_column = {column: name for name, column in OWNERS.items()}
    return [by_column.get(column, column) for column in columns]


def cell_fault(number: int, fault: Fault, value: str | None = None) -> CellFault:
    """A fault whose pointer is a column, as one of a row."""
    return CellFault(number, fault.pointer, fault.detail, value)
