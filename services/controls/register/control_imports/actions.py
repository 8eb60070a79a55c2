"""The verb of an import: all rows or none."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.requirements.queries import known
from services.controls.register.control_imports.models import Existing
from services.controls.register.control_imports.queries import locked_by_code
from services.controls.register.control_imports.rules import (
    OWNERS,
    SHAPE,
    drafts_of,
    names_of,
    owners_of,
    pointer,
    same_owner,
)
from services.controls.register.control_imports.schemas import ImportedRow, ImportInput, ImportOut, RowFault, RowOutcome
from services.controls.register.controls.actions import define_all
from services.controls.register.controls.models import Control, ControlStatus
from services.controls.register.controls.schemas import ControlDraft
from services.controls.register.lifecycles.actions import revise_locked
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.rules import faults_of
from services.controls.register.rhythms.schemas import Recurrence
from shared.children.process import parts_of
from shared.data.sessions import instant_of
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.people.references import people_named
from shared.problems import Fault, Invalid, listed
from shared.tables.tables import Row, read_table

T = TypeVar("T")

_AT_ONCE = 250
_READ = 0.2  # of all the work, when the table has been read


class ImportRefused(Invalid):
    """Some rows are not valid, and nothing was imported."""


@dataclass(slots=True)
class Plan:
    """What an import would do, row by row."""

    faults: list[Fault]
    new: dict[int, tuple[ControlDraft, dict[str, UUID | None]]] = field(default_factory=dict)
    changes: dict[int, tuple[Control, dict[str, Any]]] = field(default_factory=dict)
    left: dict[int, tuple[Control, RowOutcome]] = field(default_factory=dict)


async def import_table(work: Work[ImportInput]) -> Concluded:
    """The import as a job."""
    given = work.input
    with await work.body() as body:
        rows = await read_table(work.platform.children, work.org_id, parts_of(body), given.table_format, SHAPE)
    await work.note(_READ)

    async def imported(session: AsyncSession) -> Outcome:
        at = instant_of(session)
        return Outcome(
            await import_rows(session, rows=rows, existing=given.existing, dry_run=given.dry_run, by=work.by, at=at)
        )

    return await work.conclude(imported)


CONTROL_IMPORT = Job("control-import", ImportInput, P.CONTROLS_WRITE, import_table)


async def import_rows(
    session: AsyncSession, *, rows: Sequence[Row], existing: Existing, dry_run: bool, by: Actor, at: datetime
) -> ImportOut:
    """Write down or revise the controls of all rows, in one transaction; in a dry run only say what that would be.

    `ImportRefused` names every fault of every row.
    """
    plan = await _planned(session, rows, existing)
    if dry_run:
        return _import_answer(plan, {}, dry_run=True)
    if plan.faults:
        raise ImportRefused(f"The rows have {len(plan.faults)} faults; nothing was imported.", faults=plan.faults)
    defined: list[UUID] = []
    for drafts in _parts(list(plan.new.values())):
        defined += [control.id for control in define_all(session, drafts, by=by, at=at)]
    for control, changed in plan.changes.values():
        await revise_locked(session, control, given=changed, by=by, at=at)
    return _import_answer(plan, dict(zip(plan.new, defined, strict=True)), dry_run=False)


def _parts(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    """Small enough that writing one does not keep other requests of this process waiting."""
    return (whole[begin : begin + _AT_ONCE] for begin in range(0, len(whole), _AT_ONCE))


async def _planned(session: AsyncSession, rows: Sequence[Row], existing: Existing) -> Plan:
    drafts, faults = drafts_of(rows)
    plan = Plan(faults)
    asked_for = await known(session, sorted({ref for draft in drafts.values() for ref in draft.requirements}))
    there = await locked_by_code(session, [draft.code for draft in drafts.values()])
    named = {reference for draft in drafts.values() for reference in (draft.owner, draft.backup_owner) if reference}
    people = await people_named(session, named)
    columns = {row.number: frozenset(row.cells) for row in rows}
    for number, draft in drafts.items():
        unknown = [ref for ref in draft.requirements if ref not in asked_for]
        plan.faults += [Fault(pointer(number, "requirements"), f"No framework asks for {ref}.") for ref in unknown]
        control = there.get(draft.code)
        owners, wrong = owners_of(number, draft, people, control)
        plan.faults += wrong
        if unknown or wrong:
            continue
        if control is None:
            plan.new[number] = draft, owners
        else:
            given = draft.model_dump(include=set(columns[number]) - set(OWNERS))
            given |= {column: owners[column] for name, column in OWNERS.items() if name in columns[number]}
            _plan_existing(plan, number, control, given, existing)
    plan.faults.sort(key=lambda fault: int(fault.pointer.split("/")[2]))
    return plan


def _plan_existing(plan: Plan, number: int, control: Control, given: Mapping[str, Any], existing: Existing) -> None:
    """Sort out a row whose code is a control's. Columns that the file does not have stay as they are."""
    changed = {name: value for name, value in given.items() if getattr(control, name) != value}
    after = {column: getattr(control, column) for column in OWNERS.values()} | dict(given)
    if not changed:
        plan.left[number] = (control, RowOutcome.UNCHANGED)
    elif existing == Existing.SKIP:
        plan.left[number] = (control, RowOutcome.SKIPPED)
    elif existing == Existing.REFUSE:
        plan.faults.append(Fault(pointer(number, "code"), f"There is a control {control.code} already."))
    elif control.status == ControlStatus.RETIRED:
        plan.faults.append(Fault(pointer(number, "code"), f"The control {control.code} is retired."))
    elif after["owner_id"] == after["backup_owner_id"]:
        plan.faults.append(same_owner(number))
    elif faults := _rhythm_faults(number, control, changed):
        plan.faults += faults
    else:
        plan.changes[number] = (control, changed)


def _rhythm_faults(number: int, control: Control, changed: Mapping[str, Any]) -> list[Fault]:
    """Whether another frequency goes with the days that the control recurs on, which no file says."""
    if "frequency" not in changed or control.recurrence is None:
        return []
    faults = faults_of(ControlFrequency(changed["frequency"]), Recurrence.model_validate(control.recurrence))
    return [Fault(pointer(number, "frequency"), fault.detail) for fault in faults]


def _import_answer(plan: Plan, ids: Mapping[int, UUID], *, dry_run: bool) -> ImportOut:
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
    kept = listed(plan.faults)
    return ImportOut(
        dry_run=dry_run,
        **{outcome.value: counts[outcome] for outcome in RowOutcome},
        rows=sorted(rows, key=lambda row: row.row),
        faults=[_fault(fault) for fault in kept],
        more_faults=len(plan.faults) - len(kept),
    )


def _fault(fault: Fault) -> RowFault:
    _, _, row, column = fault.pointer.split("/", 3)
    return RowFault(row=int(row), column=column, detail=fault.detail)
