"""The verb of an import: all rows or none."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.requirements.queries import known, requirement_index
from services.controls.frameworks.requirements.rules import Unresolved, references_in
from services.controls.programmes.programmes.queries import versions_aimed_at
from services.controls.register.controls.actions import define_all
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.lifecycles.actions import revise_locked
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.rules import faults_of
from services.controls.register.rhythms.schemas import Recurrence
from services.controls.transfers.control_imports.models import Existing
from services.controls.transfers.control_imports.queries import locked_by_code
from services.controls.transfers.control_imports.rules import Lookups, drafts_of, names_of, owners_of, same_owner
from services.controls.transfers.control_imports.schemas import (
    ImportedRow,
    ImportInput,
    ImportOut,
    RowFault,
    RowOutcome,
)
from services.controls.transfers.control_sheets.rules import LIST_COLUMN, OWNERS, RECURRENCE, SHAPE, mapping_of
from shared.children.pool import Children
from shared.children.process import Parts, parts_of
from shared.data.sessions import instant_of
from shared.http.problems import FaultGroupSchema
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.people.references import people_named
from shared.people.written import ids_by_name
from shared.problems import Invalid, listed
from shared.tables.cell_faults import CellFault, grouped, summary
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading, understood
from shared.tables.kept_headings import keep_columns, kept_columns
from shared.tables.tables import Row, Table, read_table, rows_under

T = TypeVar("T")

_AT_ONCE = 250
_TABLE = "controls"
_READ = 0.2  # of all the work, when the table has been read


class ImportRefused(Invalid):
    """Some rows are not valid, and nothing was imported."""


@dataclass(slots=True)
class Plan:
    """What an import would do, row by row."""

    faults: list[CellFault]
    new: dict[int, tuple[ControlDraft, dict[str, UUID | None]]] = field(default_factory=dict)
    changes: dict[int, tuple[Control, dict[str, Any]]] = field(default_factory=dict)
    left: dict[int, tuple[Control, RowOutcome]] = field(default_factory=dict)


async def import_table(work: Work[ImportInput]) -> Concluded:
    """The import as a job."""
    given = work.input
    with await work.body() as body:
        table = await read_control_table(
            work.platform.children, work.org_id, parts_of(body), given.table_format, given.columns
        )
    await work.note(_READ)

    async def imported(session: AsyncSession) -> Outcome:
        return Outcome(await import_rows(session, table=table, given=given, by=work.by, at=instant_of(session)))

    return await work.conclude(imported)


CONTROL_IMPORT = Job("control-import", ImportInput, P.CONTROLS_WRITE, import_table)


async def read_control_table(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, columns: Sequence[str]
) -> Table:
    """The table of a file, whose header may have the headings that `columns` names. `UnreadableTable`."""
    return await read_table(children, org_id, content, kind, SHAPE, asked=mapping_of(columns))


async def import_rows(session: AsyncSession, *, table: Table, given: ImportInput, by: Actor, at: datetime) -> ImportOut:
    """Write down or revise the controls of all rows, in one transaction; in a dry run only say what that would be.

    What it says of headings is kept for the next file with the same ones. `UnreadableTable` when the headings do not
    fit. `ImportRefused` names every fault of every row.
    """
    asked, kept = mapping_of(given.columns), await kept_columns(session, _TABLE, table.headings)
    headings = understood(table.headings, SHAPE, asked=asked, kept=kept, row=table.header_row)
    plan = await _planned(session, rows_under(table, headings), given.existing)
    if given.dry_run:
        return _import_answer(plan, headings, {}, dry_run=True)
    if plan.faults:
        groups = grouped(plan.faults)
        raise ImportRefused(
            f"The rows have {len(plan.faults)} faults; nothing was imported. {summary(groups)}",
            faults=[fault.fault for fault in plan.faults],
            groups=groups,
            may_be_late=any(fault.column in OWNERS for fault in plan.faults),
        )
    if asked:
        await keep_columns(session, _TABLE, table.headings, kept | asked, at=at)
    defined: list[UUID] = []
    for drafts in _parts(list(plan.new.values())):
        defined += [control.id for control in define_all(session, drafts, by=by, at=at)]
    for control, changed in plan.changes.values():
        await revise_locked(session, control, given=changed, by=by, at=at)
    return _import_answer(plan, headings, dict(zip(plan.new, defined, strict=True)), dry_run=False)


def _parts(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    """Small enough that writing one does not keep other requests of this process waiting."""
    return (whole[begin : begin + _AT_ONCE] for begin in range(0, len(whole), _AT_ONCE))


async def _planned(session: AsyncSession, rows: Sequence[Row], existing: Existing) -> Plan:
    drafts, faults = drafts_of(rows, await _looked_up(session, rows))
    plan = Plan(faults)
    faulty = {fault.row for fault in faults}
    there = await locked_by_code(session, [draft.code for draft in drafts.values()])
    named = {reference for draft in drafts.values() for reference in (draft.owner, draft.backup_owner) if reference}
    people = await people_named(session, named)
    columns = frozenset(rows[0].cells) if rows else frozenset()
    for number, draft in drafts.items():
        control = there.get(draft.code)
        owners, wrong = owners_of(number, draft, people, control)
        plan.faults += wrong
        if number in faulty or wrong:
            continue
        if control is None:
            plan.new[number] = draft, owners
        else:
            given = draft.model_dump(mode="json", include=set(columns) - set(OWNERS) - set(RECURRENCE))
            if draft.recurrence is not None or columns & set(RECURRENCE):
                given |= draft.model_dump(mode="json", include={"recurrence"})
            given |= {column: owners[column] for name, column in OWNERS.items() if name in columns}
            _plan_existing(plan, number, control, given, existing)
    plan.faults.sort(key=lambda fault: fault.row)
    return plan


async def _looked_up(session: AsyncSession, rows: Sequence[Row]) -> Lookups:
    """What the references and names in the rows mean; all requirements are read only for those not written in full."""
    cells = {row.cells.get(LIST_COLUMN, "") for row in rows}
    references = {reference for cell in cells for reference in references_in(cell)}
    requirements: dict[str, str | Unresolved] = {ref: ref for ref in await known(session, sorted(references))}
    if others := references - requirements.keys():
        index = await requirement_index(session, await versions_aimed_at(session))
        requirements |= {reference: index.resolve(reference) for reference in sorted(others)}
    written = {text for row in rows for name in OWNERS if (text := row.cells.get(name, "").strip())}
    return Lookups(requirements, await ids_by_name(session, written))


def _plan_existing(plan: Plan, number: int, control: Control, given: Mapping[str, Any], existing: Existing) -> None:
    """Sort out a row whose code is a control's. Columns that the file does not have stay as they are.

    A recurrence is set as a whole by any of its columns, or by a word such as semi-annually.
    """
    changed = {name: value for name, value in given.items() if getattr(control, name) != value}
    after = {column: getattr(control, column) for column in OWNERS.values()} | dict(given)
    if not changed:
        plan.left[number] = (control, RowOutcome.UNCHANGED)
    elif existing == Existing.SKIP:
        plan.left[number] = (control, RowOutcome.SKIPPED)
    elif existing == Existing.REFUSE:
        detail = f"There is a control {control.code} already."
        plan.faults.append(CellFault(number, "code", detail, control.code))
    elif control.status == ControlStatus.RETIRED:
        plan.faults.append(CellFault(number, "code", f"The control {control.code} is retired.", control.code))
    elif after["owner_id"] == after["backup_owner_id"]:
        plan.faults.append(same_owner(number))
    elif faults := _rhythm_faults(number, control, changed):
        plan.faults += faults
    else:
        plan.changes[number] = (control, changed)


def _rhythm_faults(number: int, control: Control, changed: Mapping[str, Any]) -> list[CellFault]:
    """Whether another frequency goes with the days that the control recurs on, where the file does not say them."""
    if "frequency" not in changed or "recurrence" in changed or control.recurrence is None:
        return []
    faults = faults_of(ControlFrequency(changed["frequency"]), Recurrence.model_validate(control.recurrence))
    return [CellFault(number, "frequency", fault.detail, changed["frequency"]) for fault in faults]


def _import_answer(plan: Plan, headings: list[Heading], ids: Mapping[int, UUID], *, dry_run: bool) -> ImportOut:
    rows = [
        ImportedRow(row=row, code=draft.code, outcome=RowOutcome.CREATED, control_id=ids.get(row), changed=[])
        for row, (draft, _) in plan.new.items()
    ]
    for row, (control, changed) in plan.changes.items():
        outcome = RowOutcome.REVISED
        rows.append(
            ImportedRow(row=row, code=control.code, outcome=outcome, control_id=control.id, changed=names_of(changed))
        )
    for row, (control, outcome) in plan.left.items():
        rows.append(ImportedRow(row=row, code=control.code, outcome=outcome, control_id=control.id, changed=[]))
    counts = Counter(row.outcome for row in rows)
    kept = listed([fault.fault for fault in plan.faults])
    return ImportOut(
        dry_run=dry_run,
        **{outcome.value: counts[outcome] for outcome in RowOutcome},
        headings=headings,
        rows=sorted(rows, key=lambda row: row.row),
        faults=[
            RowFault(row=cell.row, column=cell.column, detail=fault.detail)
            for cell, fault in zip(plan.faults, kept, strict=False)
        ],
        more_faults=len(plan.faults) - len(kept),
        fault_groups=[FaultGroupSchema(**asdict(group)) for group in grouped(plan.faults)],
    )
