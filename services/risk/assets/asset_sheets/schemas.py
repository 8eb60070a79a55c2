from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.problems import FaultGroupSchema
from shared.problems import MOST_FAULTS
from shared.tables.headings import Heading

MOST_ROWS = 2000


class AssetOutcome(StrEnum):
    """What became of a row, or would."""

    REGISTERED = "registered"
    REVISED = "revised"
    UNCHANGED = "unchanged"


class ImportedAsset(BaseModel):
    row: int = Field(description="As a spreadsheet numbers it: the header is row 1")
    code: str
    outcome: AssetOutcome
    asset_id: UUID | None = Field(description="Null in a dry run of what would be new")
    changed: list[str] = Field(description="The columns in which an asset that is there differs")


class AssetFault(BaseModel):
    row: int
    column: str
    detail: str


class AssetImportOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    registered: int
    revised: int
    unchanged: int
    headings: list[Heading] = Field(description="In the order of the file: what each was taken for")
    rows: list[ImportedAsset] = Field(description="Every row without a fault, in the order of the file")
    faults: list[AssetFault] = Field(
        max_length=MOST_FAULTS, description="Only in a dry run: with a single one, an import does nothing at all"
    )
    more_faults: int = Field(description="How many there are besides those in `faults`")
    fault_groups: list[FaultGroupSchema] = Field(
        max_length=MOST_FAULTS, description="All faults by column and value, those of the most rows first"
    )
