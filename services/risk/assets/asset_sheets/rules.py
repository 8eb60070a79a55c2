"""The columns of a table of assets with the headings that mean them, and what its rows say. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.risk.assets.asset_sheets.schemas import MOST_ROWS
from services.risk.assets.assets.models import AssetClassification, AssetKind, AssetStatus, RelationKind
from services.risk.assets.assets.schemas import AssetDraft
from shared.people.written import reference_in
from shared.problems import words_of
from shared.tables.cell_faults import CellFault, Cells
from shared.tables.headings import Column, Shape
from shared.tables.tables import Row
from shared.tables.wording import Words, plain

_LONGEST_VALUE = 100  # characters of a cell that a fault repeats
_APART = re.compile(r"[;,|\n]+")

# The texts that mean one thing are apart by `|`.
_HEADINGS: Mapping[str, str] = {
    "code": "ID | Ref | Reference | No | Number | Asset ID | Asset no | Asset # | Asset tag | Asset code | Tag | #",
    "title": "Name | Asset | Asset name | Asset title | System | System name | Hostname",
    "kind": "Type | Asset type | Category | Asset category | Class of asset | Kind of asset",
    "description": "Details | Asset description | Purpose | Notes",
    "owner": "Asset owner | Owner email | Owner e-mail | Responsible | Business owner | Owner name",
    "classification": "Data classification | Confidentiality | Sensitivity | Information classification | Class",
    "personal_data": "Personal data | PII | Contains PII | Personal information | GDPR relevant",
    "status": "State | Lifecycle | Asset status",
    RelationKind.DEPENDS_ON: "Dependencies | Depends upon | Needs | Requires",
    RelationKind.HOSTS: "Host of | Runs",
    RelationKind.PROCESSES: "Data processed | Processes data | Stores",
    RelationKind.OWNED_BY: "Owning unit | Business unit | Department",
    RelationKind.LOCATED_IN: "Location | Site | Data centre | Data center | Office | Region",
}
COLUMNS = tuple(str(name) for name in _HEADINGS)
RELATIONS = tuple(kind.value for kind in RelationKind)
_REQUIRED = {"code", "title", "kind", "owner", "classification"}
SHAPE = Shape(
    columns=[
        Column(str(name), words.split("|"), required=name in _REQUIRED, several=name in RELATIONS)
        for name, words in _HEADINGS.items()
    ],
    most_rows=MOST_ROWS,
)
WORDS = {
    "kind": Words(
        "kind of asset",
        {
            AssetKind.SERVICE: "Services | Product | Business service",
            AssetKind.APPLICATION: "App | Software | SaaS | System | Web application | Cloud service",
            AssetKind.INFRASTRUCTURE: "Server | Virtual machine | VM | Host | Cluster | Cloud | Hardware | Platform",
            AssetKind.NETWORK: "Firewall | Router | Switch | VPN | Subnet",
            AssetKind.DEVICE: "Laptop | Workstation | Endpoint | Mobile | Phone | Computer",
            AssetKind.DATA: "Database | Data store | Information | Records | Dataset | Data set",
            AssetKind.LOCATION: "Site | Office | Building | Data centre | Data center | Room | Region",
            AssetKind.PROCESS: "Business process | Activity",
            AssetKind.PEOPLE: "Team | Role | Staff | Person",
            AssetKind.ORGANISATION: "Organization | Department | Unit | Business unit | Company | Supplier | Vendor",
        },
    ),
    "classification": Words(
        "classification",
        {
            AssetClassification.PUBLIC: "Open | Unclassified | None",
            AssetClassification.INTERNAL: "Internal use | Internal only | Low | Private",
            AssetClassification.CONFIDENTIAL: "Medium | Sensitive | C",
            AssetClassification.RESTRICTED: "High | Secret | Highly confidential | Strictly confidential | Critical",
        },
    ),
    "personal_data": Words("yes or no", {"true": "Yes | Y | X | 1", "false": "No | N | 0"}),
    "status": Words(
        "status",
        {
            AssetStatus.PROPOSED: "Planned | Draft | New | Requested",
            AssetStatus.ACTIVE: "In use | Live | Production | Operational | Deployed | In production",
        },
    ),
}


@dataclass(frozen=True, slots=True)
class SheetAsset:
    """A row that makes a draft; its relations name codes, of the columns that the file has."""

    draft: AssetDraft
    relations: Mapping[str, tuple[str, ...]]


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """What a request says of headings, by their plain words: `Our ref:code`."""
    return {plain(text): column for text, _, column in (each.rpartition(":") for each in columns)}


def assets_in(rows: Iterable[Row], people: Mapping[str, list[UUID]]) -> tuple[dict[int, SheetAsset], list[CellFault]]:
    """The assets that the rows describe, by row number, and all that is wrong with the rows.

    `people` are the active ones that have a name.
    """
    found: dict[int, SheetAsset] = {}
    first: dict[str, int] = {}
    faults: list[CellFault] = []
    for row in rows:
        said = {name: text for name, cell in row.cells.items() if (text := cell.strip())}
        cells = Cells(row.number, {name: text for name, text in said.items() if name not in RELATIONS})
        _understand(cells, people)
        draft = _draft(cells, row)
        if draft is not None and (earlier := first.setdefault(draft.code, row.number)) != row.number:
            cells.refuse("code", f"Row {earlier} has the code {draft.code} as well.", draft.code)
        if draft is not None and not cells.wrong:
            named = {name: codes_in(row.cells[name]) for name in RELATIONS if name in row.cells}
            found[row.number] = SheetAsset(draft, named)
        faults += cells.faults(COLUMNS)
    return found, faults


def codes_in(cell: str) -> tuple[str, ...]:
    """The codes that a cell lists, each once, apart by `;`, `,`, `|` or line breaks."""
    return tuple(dict.fromkeys(text for part in _APART.split(cell) if (text := part.strip())))


def cells_of(asset: Mapping[str, Any]) -> list[str]:
    """An asset, as the list answers it, as the cells of a row."""
    related: dict[str, list[str]] = {name: [] for name in RELATIONS}
    for relation in asset["relations"]:
        related[relation["kind"]].append(relation["code"])
    shown = dict(asset) | {name: ";".join(codes) for name, codes in related.items()}
    shown |= {"owner": asset["owner_reference"], "personal_data": "yes" if asset["personal_data"] else "no"}
    return [str(shown[name] or "") for name in COLUMNS]


def _understand(cells: Cells, people: Mapping[str, list[UUID]]) -> None:
    for column in WORDS.keys() & cells.given.keys():
        text = cells.given[column]
        if (word := WORDS[column].meaning(text)) is None:
            cells.refuse(column, WORDS[column].refusal(text), text)
        else:
            cells.given[column] = word
    if (text := cells.given.get("owner")) is None:
        return
    reference, named = reference_in(text), people.get(text, [])
    if reference is not None or len(named) == 1:
        cells.given["owner"] = reference or str(named[0])
    else:
        many = f"{len(named)} active people are" if named else "No active person is"
        cells.refuse("owner", f"{many} called '{text[:_LONGEST_VALUE]}': give the e-mail address.", text)


def _draft(cells: Cells, row: Row) -> AssetDraft | None:
    try:
        return AssetDraft.model_validate(cells.given)
    except ValidationError as error:
        for fault in error.errors():
            column = str(fault["loc"][0])
            if column not in cells.wrong:
                cells.refuse(column, words_of(fault), row.cells.get(column, "").strip() or None)
        return None
