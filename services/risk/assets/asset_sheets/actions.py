"""The verb of an import of assets: all rows or none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.assets.asset_sheets.rules import (
    COLUMNS,
    RELATIONS,
    SHAPE,
    SheetAsset,
    assets_in,
    mapping_of,
)
from services.risk.assets.asset_sheets.schemas import AssetFault, AssetImportOut, AssetOutcome, ImportedAsset
from services.risk.assets.assets.actions import add, set_relations
from services.risk.assets.assets.models import Asset, AssetStatus, RelationKind
from services.risk.assets.assets.queries import kinds_of, locations, locked_by_code
from services.risk.assets.assets.rules import faults_of, leads_back, places_in
from services.risk.assets.assets.schemas import MOST_RELATIONS, RelationDraft
from shared.children.pool import Children
from shared.children.process import Parts
from shared.clock import new_id
from shared.data.records import whole_organisation
from shared.events.catalogue.assets import AssetActivated, AssetRevised
from shared.events.trail import announce
from shared.http.problems import FaultGroupSchema
from shared.identity.callers import Actor
from shared.people.references import people_named
from shared.people.written import ids_by_name
from shared.problems import Invalid, listed
from shared.tables.cell_faults import CellFault, grouped, summary
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading, understood
from shared.tables.kept_headings import keep_columns, kept_columns
from shared.tables.tables import Row, Table, read_table, rows_under

_TABLE = "assets"
_KEPT = ("owner", "relations", "status", "code")


class AssetImportRefused(Invalid):
    """Some rows are not valid, and nothing was imported."""


@dataclass(slots=True)
class _Plan:
    """What an import would do, row by row. `relations` are those of a row whose columns say something of them."""

    faults: list[CellFault]
    new: dict[int, tuple[UUID, SheetAsset, UUID]] = field(default_factory=dict)
    there: dict[int, tuple[Asset, dict[str, Any]]] = field(default_factory=dict)
    relations: dict[int, list[RelationDraft]] = field(default_factory=dict)


async def read_asset_table(
    children: Children, org_id: UUID, content: Parts, kind: TableFormat, columns: Sequence[str]
) -> Table:
    """The table of a file, whose header may have the headings that `columns` names. `UnreadableTable`."""
    return await read_table(children, org_id, content, kind, SHAPE, asked=mapping_of(columns))


async def import_assets(
    session: AsyncSession, *, table: Table, columns: Sequence[str], dry_run: bool, by: Actor, at: datetime
) -> AssetImportOut:
    """Register or revise the assets of all rows, in one transaction; in a dry run only say what that would be.

    What it says of headings is kept for the next file with the same ones. `UnreadableTable` when the headings do not
    fit. `AssetImportRefused` names every fault of every row.
    """
    await whole_organisation(session)
    asked, kept = mapping_of(columns), await kept_columns(session, _TABLE, table.headings)
    headings = understood(table.headings, SHAPE, asked=asked, kept=kept, row=table.header_row)
    plan = await _planned(session, rows_under(table, headings))
    if dry_run:
        return _told(plan, headings, dry_run=True)
    _require_faultless(plan)
    if asked:
        await keep_columns(session, _TABLE, table.headings, kept | asked, at=at)
    assets = {row: add(session, key, read.draft, owner, by=by, at=at) for row, (key, read, owner) in plan.new.items()}
    for row, (asset, changed) in plan.there.items():
        if changed:
            activated = changed.get("status") == AssetStatus.ACTIVE
            for name in changed.keys() - {"relations"}:
                setattr(asset, name, changed[name])
            event = _event(asset, activated=activated)
            announce(session, event, about=asset, by=by, at=at)
        assets[row] = asset
    await set_relations(session, [(assets[row], relations) for row, relations in plan.relations.items()])
    return _told(plan, headings, dry_run=False)


def _event(asset: Asset, *, activated: bool) -> AssetRevised | AssetActivated:
    names = AssetRevised.model_fields
    kind = AssetActivated if activated else AssetRevised
    return kind.model_validate({name: getattr(asset, name) for name in names})


def _require_faultless(plan: _Plan) -> None:
    if plan.faults:
        groups = grouped(plan.faults)
        raise AssetImportRefused(
            f"The rows have {len(plan.faults)} faults; nothing was imported. {summary(groups)}",
            faults=[fault.fault for fault in plan.faults],
            groups=groups,
            may_be_late=any(fault.column == "owner" for fault in plan.faults),
        )


async def _planned(session: AsyncSession, rows: Sequence[Row]) -> _Plan:
    written = {text for row in rows if (text := row.cells.get("owner", "").strip())}
    found, faults = assets_in(rows, await ids_by_name(session, written))
    plan = _Plan(faults)
    named = {code for read in found.values() for codes in read.relations.values() for code in codes}
    there = await locked_by_code(session, {read.draft.code for read in found.values()} | named)
    people = await people_named(session, {read.draft.owner for read in found.values()})
    columns = set(rows[0].cells) if rows else set()
    ids = {code: asset.id for code, asset in there.items()}
    for row, read in found.items():
        asset, person = there.get(read.draft.code), people.get(read.draft.owner)
        if person is None or (not person.is_there and (asset is None or asset.owner_id != person.id)):
            detail = "No person in the directory has this address." if person is None else f"{person.name} has left."
            plan.faults.append(CellFault(row, "owner", detail, read.draft.owner))
        elif asset is not None and asset.status == AssetStatus.RETIRED:
            plan.faults.append(CellFault(row, "code", f"The asset {asset.code} is retired.", asset.code))
        elif asset is None:
            key = new_id()
            ids[read.draft.code], plan.new[row] = key, (key, read, person.id)
        else:
            plan.there[row] = asset, _changes(asset, read, person.id, columns)
    for row, read in found.items():
        if row in plan.new or row in plan.there:
            _plan_relations(plan, row, read, ids)
    await _check_relations(session, plan)
    plan.faults.sort(key=lambda fault: (fault.row, COLUMNS.index(fault.column)))
    return plan


def _changes(asset: Asset, read: SheetAsset, owner_id: UUID, columns: set[str]) -> dict[str, Any]:
    """What the columns of a row change of the asset that has its code. A sheet activates, and takes nothing back."""
    given = read.draft.model_dump(include=columns - {*_KEPT, *RELATIONS}) | {"owner_id": owner_id}
    if "status" in columns and read.draft.status == AssetStatus.ACTIVE:
        given["status"] = AssetStatus.ACTIVE
    return {name: value for name, value in given.items() if getattr(asset, name) != value}


def _plan_relations(plan: _Plan, row: int, read: SheetAsset, ids: Mapping[str, UUID]) -> None:
    """The relations of a row as ids. Those of columns that the file does not have stay as they are."""
    asset, changed = plan.there.get(row, (None, {}))
    kept = [RelationDraft.model_validate(each) for each in asset.relations] if asset else []
    relations = [each for each in kept if each.kind.value not in read.relations]
    for name, codes in read.relations.items():
        for code in codes:
            if code not in ids:
                plan.faults.append(CellFault(row, name, f"No asset has the code {code[:100]}.", code))
            else:
                relations.append(RelationDraft.model_validate({"kind": name, "asset_id": ids[code]}))
    if len(relations) > MOST_RELATIONS:
        plan.faults.append(CellFault(row, next(iter(read.relations)), f"More than {MOST_RELATIONS} relations."))
    if {(each.kind, each.asset_id) for each in relations} != {(each.kind, each.asset_id) for each in kept}:
        plan.relations[row] = relations
        changed["relations"] = relations


async def _check_relations(session: AsyncSession, plan: _Plan) -> None:
    """Add what is wrong with relations, as they would be when all rows had been imported."""
    assets = {row: key for row, (key, _, _) in plan.new.items()}
    assets |= {row: asset.id for row, (asset, _) in plan.there.items()}
    named = {each.asset_id for relations in plan.relations.values() for each in relations}
    kinds = await kinds_of(session, named)
    kinds |= {key: (read.draft.kind, read.draft.status) for key, read, _ in plan.new.values()}
    for asset, changed in plan.there.values():
        kinds[asset.id] = (changed.get("kind", asset.kind), asset.status)
    places = await locations(session)
    places |= {assets[row]: places_in(relations) for row, relations in plan.relations.items()}
    for row, relations in plan.relations.items():
        faults = faults_of(assets[row], relations, kinds)
        for fault in faults:
            place = int(fault.pointer.split("/")[2])
            plan.faults.append(CellFault(row, relations[place].kind, fault.detail))
        if not faults and leads_back(assets[row], places):
            plan.faults.append(CellFault(row, RelationKind.LOCATED_IN, "The asset would be located in itself."))


def _told(plan: _Plan, headings: list[Heading], *, dry_run: bool) -> AssetImportOut:
    rows = [
        ImportedAsset(
            row=row,
            code=read.draft.code,
            outcome=AssetOutcome.REGISTERED,
            asset_id=None if dry_run else key,
            changed=[],
        )
        for row, (key, read, _) in plan.new.items()
    ]
    for row, (asset, changed) in plan.there.items():
        outcome = AssetOutcome.REVISED if changed else AssetOutcome.UNCHANGED
        names = sorted("owner" if name == "owner_id" else name for name in changed)
        rows.append(ImportedAsset(row=row, code=asset.code, outcome=outcome, asset_id=asset.id, changed=names))
    counts = Counter(row.outcome for row in rows)
    kept = listed([fault.fault for fault in plan.faults])
    return AssetImportOut(
        dry_run=dry_run,
        **{outcome.value: counts[outcome] for outcome in AssetOutcome},
        headings=headings,
        rows=sorted(rows, key=lambda row: row.row),
        faults=[
            AssetFault(row=fault.row, column=fault.column, detail=fault.detail) for fault in plan.faults[: len(kept)]
        ],
        more_faults=len(plan.faults) - len(kept),
        fault_groups=[FaultGroupSchema(**asdict(group)) for group in grouped(plan.faults)],
    )
