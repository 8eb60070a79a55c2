"""The verb of an import of requests: all rows or none. The transaction is the firm's."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.requests.request_sheets.queries import locked_by_code
from services.audit.requests.request_sheets.rules import IN, SHAPE, changes_of, drafts_in, fault_of_version, mapping_of
from services.audit.requests.request_sheets.schemas import SheetFault, SheetOut, SheetOutcome, SheetRow
from services.audit.requests.requests.actions import asking, draft_all, event_of
from services.audit.requests.requests.models import Request, RequestOrigin, RequestStatus
from services.audit.requests.requests.schemas import RequestDraft
from shared.children.pool import Children
from shared.children.process import Parts
from shared.data.records import one_at_a_time
from shared.events.catalogue.requests import RequestRevised
from shared.events.trail import announce
from shared.http.problems import FaultGroupSchema
from shared.identity.callers import Actor
from shared.problems import Invalid, listed
from shared.tables.cell_faults import CellFault, grouped, summary
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading, understood
from shared.tables.tables import Table, read_table, rows_under


class SheetRefused(Invalid):
    """Some rows are not valid, and nothing was drafted."""


@dataclass(slots=True)
class _Plan:
    """What an import would do, row by row."""

    faults: list[CellFault]
    new: dict[int, RequestDraft] = field(default_factory=dict)
    there: dict[int, tuple[Request, dict[str, Any]]] = field(default_factory=dict)


async def read_sheet(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, columns: Sequence[str]
) -> Table:
    """The table of a file, whose header may have the headings that `columns` names. `UnreadableTable`."""
    return await read_table(children, org_id, content, kind, SHAPE, asked=mapping_of(columns))


async def import_sheet(
    session: AsyncSession,
    engagement_id: UUID,
    *,
    table: Table,
    columns: Sequence[str],
    dry_run: bool,
    by: Actor,
    at: datetime,
) -> SheetOut:
    """Draft the requests of all rows, and revise the drafts that have their codes; in a dry run only say so.

    A row revises the version of the draft that it says; another version is a fault of the row.

    `UnreadableTable` when the headings do not fit. `SheetRefused` names every fault of every row.
    """
    await asking(session, engagement_id, "draft requests for")
    await one_at_a_time(session, engagement_id)
    headings = understood(table.headings, SHAPE, asked=mapping_of(columns), kept={}, row=table.header_row)
    plan = await _planned(session, engagement_id, table, headings)
    if dry_run:
        return _told(plan, headings, {}, dry_run=True)
    if plan.faults:
        groups = grouped(plan.faults)
        raise SheetRefused(
            f"The rows have {len(plan.faults)} faults; nothing was drafted. {summary(groups)}",
            faults=[fault.fault for fault in plan.faults],
            groups=groups,
        )
    drafted = await draft_all(
        session,
        engagement_id,
        drafts=list(plan.new.values()),
        below=[f"/rows/{row}" for row in plan.new],
        origin=RequestOrigin.SHEET,
        by=by,
        at=at,
    )
    for request, changed in plan.there.values():
        if changed:
            for name, value in changed.items():
                setattr(request, name, value)
            announce(session, event_of(RequestRevised, request), about=request, by=by, at=at)
    return _told(plan, headings, dict(zip(plan.new, drafted, strict=True)), dry_run=False)


async def _planned(session: AsyncSession, engagement_id: UUID, table: Table, headings: Sequence[Heading]) -> _Plan:
    drafts, faults = drafts_in(rows_under(table, headings))
    columns = {heading.column for heading in headings if heading.column}
    codes = [said.draft.code for said in drafts.values() if said.draft.code]
    there = await locked_by_code(session, engagement_id, codes)
    plan = _Plan(faults)
    for row, said in drafts.items():
        request = there.get(said.draft.code or "")
        if request is not None and request.status != RequestStatus.DRAFT:
            detail = f"The request {request.code} is no draft any longer: {request.status}."
            plan.faults.append(CellFault(row, "code", detail, request.code))
            continue
        changed = changes_of(said.draft, columns, request) if request else {}
        if fault := fault_of_version(row, said, request, changed):
            plan.faults.append(fault)
        elif request is None:
            plan.new[row] = said.draft
        else:
            plan.there[row] = request, changed
    plan.faults.sort(key=lambda fault: (fault.row, IN.index(fault.column)))
    return plan


def _told(plan: _Plan, headings: list[Heading], drafted: Mapping[int, Request], *, dry_run: bool) -> SheetOut:
    rows = [
        SheetRow(
            row=row,
            code=drafted[row].code if row in drafted else draft.code,
            outcome=SheetOutcome.DRAFTED,
            request_id=drafted[row].id if row in drafted else None,
        )
        for row, draft in plan.new.items()
    ]
    for row, (request, changed) in plan.there.items():
        outcome = SheetOutcome.REVISED if changed else SheetOutcome.UNCHANGED
        rows.append(SheetRow(row=row, code=request.code, outcome=outcome, request_id=request.id))
    counts = Counter(row.outcome for row in rows)
    kept = listed([fault.fault for fault in plan.faults])
    return SheetOut(
        dry_run=dry_run,
        **{outcome.value: counts[outcome] for outcome in SheetOutcome},
        headings=headings,
        rows=sorted(rows, key=lambda row: row.row),
        faults=[
            SheetFault(row=fault.row, column=fault.column, detail=fault.detail) for fault in plan.faults[: len(kept)]
        ],
        more_faults=len(plan.faults) - len(kept),
        fault_groups=[FaultGroupSchema(**asdict(group)) for group in grouped(plan.faults)],
    )
