"""The verb of an import of history: all rows are recorded, or none."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.history.historical_records.actions import compose, faults_of, look_up, subject_of, write_down
from services.controls.history.historical_records.models import HistoricalRecord, RecordKind
from services.controls.history.record_imports.queries import key_of, looked_up, on_record
from services.controls.history.record_imports.rules import column_of, read_rows
from services.controls.history.record_imports.schemas import (
    HistoryImportInput,
    HistoryImportOut,
    RecordedRow,
    RecordOutcome,
)
from services.controls.history.record_sheets.rules import COLUMNS, SHAPE
from services.controls.policies.policies.models import Policy
from services.controls.register.controls.models import Control
from services.controls.transfers.control_imports.actions import ImportRefused
from services.controls.transfers.control_imports.schemas import RowFault
from services.controls.transfers.control_sheets.rules import mapping_of
from shared.children.pool import Children
from shared.children.process import Parts, parts_of
from shared.clock import new_id
from shared.data.sessions import instant_of
from shared.http.problems import FaultGroupSchema
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.problems import listed
from shared.tables.cell_faults import CellFault, grouped, summary
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading, understood
from shared.tables.kept_headings import keep_columns, kept_columns
from shared.tables.tables import Row, Table, read_table, rows_under

_TABLE = "history"
_READ = 0.2  # of all the work, when the table has been read
_FROM_ELSEWHERE = frozenset({"performed_by", "evidence"})  # what other services announce


@dataclass(frozen=True, slots=True)
class Told:
    """A row without a fault: the record that it makes, what that is about, and the record that tells it already."""

    row: int
    record: HistoricalRecord
    about: Control | Policy
    known_as: UUID | None

    def answer(self, *, dry_run: bool) -> RecordedRow:
        new_id = None if dry_run else self.record.id
        return RecordedRow(
            row=self.row,
            code=self.about.code,
            kind=RecordKind(self.record.kind),
            effective_on=self.record.effective_on,
            outcome=RecordOutcome.ALREADY_KNOWN if self.known_as else RecordOutcome.RECORDED,
            record_id=self.known_as or new_id,
        )


@dataclass(slots=True)
class Plan:
    """What an import would record, row by row."""

    faults: list[CellFault] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    @property
    def new(self) -> list[Told]:
        return [told for told in self.told if told.known_as is None]


async def import_table(work: Work[HistoryImportInput]) -> Concluded:
    """The import as a job."""
    given = work.input
    with await work.body() as body:
        table = await read_history_table(
            work.platform.children, work.org_id, parts_of(body), given.table_format, given.columns
        )
    await work.note(_READ)

    async def imported(session: AsyncSession) -> Outcome:
        return Outcome(await import_rows(session, table=table, given=given, by=work.by, at=instant_of(session)))

    return await work.conclude(imported)


HISTORY_IMPORT = Job("history-import", HistoryImportInput, P.HISTORICAL_RECORDS_WRITE, import_table)


async def read_history_table(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, columns: Sequence[str]
) -> Table:
    """The table of a file, whose header may have the headings that `columns` names. `UnreadableTable`."""
    return await read_table(children, org_id, content, kind, SHAPE, asked=mapping_of(columns))


async def import_rows(
    session: AsyncSession, *, table: Table, given: HistoryImportInput, by: Actor, at: datetime
) -> HistoryImportOut:
    """Record what all rows tell, in one transaction; in a dry run only say what that would be.

    What is on record already and not refused is recorded once. `ImportRefused` names every fault of every row.
    """
    asked, kept = mapping_of(given.columns), await kept_columns(session, _TABLE, table.headings)
    headings = understood(table.headings, SHAPE, asked=asked, kept=kept, row=table.header_row)
    import_id = new_id()
    plan = await _planned(session, rows_under(table, headings), given, import_id, by=by, at=at)
    if plan.faults and not given.dry_run:
        groups = grouped(plan.faults)
        raise ImportRefused(
            f"The rows have {len(plan.faults)} faults; nothing was recorded. {summary(groups)}",
            faults=[fault.fault for fault in plan.faults],
            groups=groups,
            may_be_late=any(fault.column in _FROM_ELSEWHERE for fault in plan.faults),
        )
    if not given.dry_run:
        if asked:
            await keep_columns(session, _TABLE, table.headings, kept | asked, at=at)
        for told in plan.new:
            write_down(session, told.record, told.about, by=by, at=at)
    return _answer(plan, headings, import_id, dry_run=given.dry_run)


async def _planned(
    session: AsyncSession, rows: Sequence[Row], given: HistoryImportInput, import_id: UUID, *, by: Actor, at: datetime
) -> Plan:
    plan = Plan()
    read = read_rows(rows, await looked_up(session, rows), given.evidence_ids)
    drafts = [draft for _, draft in read if draft is not None]
    known = await look_up(session, drafts)
    there = await on_record(session, {subject_of(draft, known.subjects).id for draft in drafts})
    first: dict[Any, int] = {}
    for cells, draft in read:
        for fault in faults_of(draft, known, at=at) if draft else ():
            cells.refuse(column_of(fault.pointer), fault.detail, None)
        if draft is not None and not cells.wrong:
            record = compose(session, draft, known, by=by, at=at, import_id=import_id)
            key = key_of(record)
            if (earlier := first.setdefault(key, cells.row)) != cells.row:
                cells.refuse("code", f"Row {earlier} tells the same.", None)
            else:
                plan.told.append(Told(cells.row, record, subject_of(draft, known.subjects), there.get(key)))
                plan.names |= {draft.performed_by_name} if draft.performed_by_name else set()
        plan.faults += cells.faults(COLUMNS)
    return plan


def _answer(plan: Plan, headings: list[Heading], import_id: UUID, *, dry_run: bool) -> HistoryImportOut:
    kept = listed([fault.fault for fault in plan.faults])
    return HistoryImportOut(
        dry_run=dry_run,
        import_id=None if dry_run or not plan.new else import_id,
        recorded=len(plan.new),
        already_known=len(plan.told) - len(plan.new),
        not_in_directory=sorted(plan.names),
        headings=headings,
        rows=[told.answer(dry_run=dry_run) for told in plan.told],
        faults=[
            RowFault(row=cell.row, column=cell.column, detail=fault.detail)
            for cell, fault in zip(plan.faults, kept, strict=False)
        ],
        more_faults=len(plan.faults) - len(kept),
        fault_groups=[FaultGroupSchema(**asdict(group)) for group in grouped(plan.faults)],
    )
