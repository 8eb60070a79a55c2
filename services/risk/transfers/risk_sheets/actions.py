"""The verb of an import of risks: all rows or none. Every risk is rated once, before the commit."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.register.risks.actions import add, change, keep_findable
from services.risk.register.risks.models import Risk
from services.risk.register.risks.rules import inherent_columns, target_columns
from services.risk.register.risks.schemas import RiskDraft
from services.risk.terms.in_force.queries import lock_register
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.transfers.risk_sheets.queries import controls_by_code, locked_by_code
from services.risk.transfers.risk_sheets.rules import COLUMNS, SHAPE, Lookups, codes_in, mapping_of, risks_in
from services.risk.transfers.risk_sheets.schemas import (
    ImportedRisk,
    RiskImportInput,
    RiskImportOut,
    RiskRowFault,
    RiskRowOutcome,
)
from shared.children.pool import Children
from shared.children.process import Parts, parts_of
from shared.data.records import one_at_a_time
from shared.data.sessions import instant_of
from shared.events.catalogue.risk import RiskStatus
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

_WHY = "It came from a table."
_TABLE = "risks"
_READ = 0.2  # of all the work, when the table has been read
_SCENARIO = ("source", "event", "consequence")
_TARGET = {"target_likelihood", "target_impact"}
# Columns of a risk that no column of a table says.
_UNNAMED = {"scenario", "likelihood_from", "assessment_id"}


class RiskImportRefused(Invalid):
    """Some rows are not valid, and nothing was imported."""


@dataclass(slots=True)
class _Plan:
    """What an import would do, row by row: new risks with their owners, and what changes of those that are there."""

    faults: list[CellFault]
    new: dict[int, tuple[RiskDraft, UUID]] = field(default_factory=dict)
    there: dict[int, "_Revision"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Revision:
    """What a row changes of a risk that is there, by column of the risk and by column of the table, and why."""

    risk: Risk
    changed: dict[str, Any]
    names: list[str]
    reason: str | None


async def import_table(work: Work[RiskImportInput]) -> Concluded:
    """The import as a job."""
    given = work.input
    with await work.body() as body:
        table = await read_risk_table(
            work.platform.children, work.org_id, parts_of(body), given.table_format, given.columns
        )
    await work.note(_READ)

    async def imported(session: AsyncSession) -> Outcome:
        return Outcome(await import_risks(session, table=table, given=given, by=work.by, at=instant_of(session)))

    return await work.conclude(imported)


RISK_IMPORT = Job("risk-import", RiskImportInput, P.RISKS_WRITE, import_table)


async def read_risk_table(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, columns: Sequence[str]
) -> Table:
    """The table of a file, whose header may have the headings that `columns` names. `UnreadableTable`."""
    return await read_table(children, org_id, content, kind, SHAPE, asked=mapping_of(columns))


async def import_risks(
    session: AsyncSession, *, table: Table, given: RiskImportInput, by: Actor, at: datetime
) -> RiskImportOut:
    """Identify or revise the risks of all rows, in one transaction; in a dry run only say what that would be.

    What it says of headings is kept for the next file with the same ones. `UnreadableTable` when the headings do not
    fit. `RiskImportRefused` names every fault of every row.
    """
    asked, kept = mapping_of(given.columns), await kept_columns(session, _TABLE, table.headings)
    headings = understood(table.headings, SHAPE, asked=asked, kept=kept, row=table.header_row)
    rows = rows_under(table, headings)
    codes = {code for row in rows for code in codes_in(row.cells.get("controls", ""))}
    controls = await controls_by_code(session, codes)
    await one_at_a_time(session, *controls.values())
    terms = (await lock_register(session)).terms
    written = {text for row in rows if (text := row.cells.get("owner", "").strip())}
    lookups = Lookups(controls, await ids_by_name(session, written), terms)
    plan = await _planned(session, rows, lookups)
    if given.dry_run:
        return _told(plan, headings, None)
    _require_faultless(plan)
    if asked:
        await keep_columns(session, _TABLE, table.headings, kept | asked, at=at)
    risks: dict[int, Risk] = {}
    for row, (draft, owner) in plan.new.items():
        why = {"reason": draft.reason or _WHY}
        risks[row] = add(session, draft.model_copy(update=why), owner, terms, by=by, at=at)
    for revision in plan.there.values():
        if revision.changed:
            change(session, revision.risk, revision.changed, by=by, at=at, reason=revision.reason or _WHY)
    with session.no_autoflush:  # they are written when they have been rated
        renamed = [revision.risk for revision in plan.there.values() if "controls" in revision.changed]
        await keep_findable(session, [*risks.values(), *renamed])
    session.add_all(risks.values())
    return _told(plan, headings, {row: risk.id for row, risk in risks.items()})


def _require_faultless(plan: _Plan) -> None:
    if plan.faults:
        groups = grouped(plan.faults)
        raise RiskImportRefused(
            f"The rows have {len(plan.faults)} faults; nothing was imported. {summary(groups)}",
            faults=[fault.fault for fault in plan.faults],
            groups=groups,
            may_be_late=any(fault.column in {"owner", "controls"} for fault in plan.faults),
        )


async def _planned(session: AsyncSession, rows: Sequence[Row], lookups: Lookups) -> _Plan:
    found, faults = risks_in(rows, lookups)
    plan = _Plan(faults)
    there = await locked_by_code(session, {draft.code for draft in found.values()})
    people = await people_named(session, {draft.owner for draft in found.values()})
    columns = set(rows[0].cells) if rows else set()
    for row, draft in found.items():
        risk, person = there.get(draft.code), people.get(draft.owner)
        if person is None or (not person.is_there and (risk is None or risk.owner_id != person.id)):
            detail = "No person in the directory has this address." if person is None else f"{person.name} has left."
            plan.faults.append(CellFault(row, "owner", detail, draft.owner))
        elif risk is not None and risk.status == RiskStatus.CLOSED:
            plan.faults.append(CellFault(row, "code", f"The risk {risk.code} is closed.", risk.code))
        elif risk is None:
            plan.new[row] = draft, person.id
        else:
            changed = _changes(risk, draft, person.id, columns, lookups.terms)
            plan.there[row] = _Revision(risk, changed, _names(changed, risk), draft.reason)
    plan.faults.sort(key=lambda fault: (fault.row, COLUMNS.index(fault.column)))
    return plan


def _changes(risk: Risk, draft: RiskDraft, owner_id: UUID, columns: set[str], terms: MethodTerms) -> dict[str, Any]:
    """What the columns of a row change of the risk that has its code."""
    told = draft.model_dump(mode="json")
    same = ("title", "affects", "category", "controls")
    given: dict[str, Any] = {name: told[name] for name in same if name in columns}
    scenario = {name: told["scenario"][name] for name in _SCENARIO if name in columns}
    given |= {"scenario": risk.scenario | scenario, "owner_id": owner_id}
    if "affects" in given:
        given["affects"] = sorted(given["affects"])
    inherent = inherent_columns(draft.inherent, terms)
    if any(getattr(risk, name) != inherent[name] for name in ("inherent_likelihood", "inherent_impact")):
        given |= inherent
    if columns >= _TARGET:
        given |= target_columns(draft.target)
    return {name: value for name, value in given.items() if getattr(risk, name) != value}


def _names(changed: Mapping[str, Any], risk: Risk) -> list[str]:
    """The table's names of what changes of a risk."""
    names = {name.removeprefix("inherent_") for name in changed if name not in _UNNAMED}
    if "scenario" in changed:
        names |= {name for name in _SCENARIO if changed["scenario"][name] != risk.scenario[name]}
    return sorted("owner" if name == "owner_id" else name for name in names)


def _told(plan: _Plan, headings: list[Heading], made: Mapping[int, UUID] | None) -> RiskImportOut:
    rows = [
        ImportedRisk(
            row=row,
            code=draft.code,
            outcome=RiskRowOutcome.IDENTIFIED,
            risk_id=made.get(row) if made else None,
            changed=[],
        )
        for row, (draft, _) in plan.new.items()
    ]
    for row, told in plan.there.items():
        outcome = RiskRowOutcome.REVISED if told.changed else RiskRowOutcome.UNCHANGED
        rows.append(
            ImportedRisk(row=row, code=told.risk.code, outcome=outcome, risk_id=told.risk.id, changed=told.names)
        )
    counts = Counter(row.outcome for row in rows)
    kept = listed([fault.fault for fault in plan.faults])
    return RiskImportOut(
        dry_run=made is None,
        **{outcome.value: counts[outcome] for outcome in RiskRowOutcome},
        headings=headings,
        rows=sorted(rows, key=lambda row: row.row),
        faults=[
            RiskRowFault(row=fault.row, column=fault.column, detail=fault.detail) for fault in plan.faults[: len(kept)]
        ],
        more_faults=len(plan.faults) - len(kept),
        fault_groups=[FaultGroupSchema(**asdict(group)) for group in grouped(plan.faults)],
    )
