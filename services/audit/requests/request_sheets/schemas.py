from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.problems import FaultGroupSchema
from shared.problems import MOST_FAULTS
from shared.tables.headings import Heading


class SheetOutcome(StrEnum):
    """What became of a row, or would."""

    DRAFTED = "drafted"
    REVISED = "revised"
    UNCHANGED = "unchanged"


class SheetRow(BaseModel):
    row: int = Field(description="As a spreadsheet numbers it: the header is row 1")
    code: str | None = Field(description="Null in a dry run of a row that has none")
    outcome: SheetOutcome
    request_id: UUID | None = Field(description="Null in a dry run of what would be new")


class SheetFault(BaseModel):
    row: int
    column: str
    detail: str


class SheetOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    drafted: int
    revised: int
    unchanged: int
    headings: list[Heading] = Field(description="In the order of the file: what each was taken for")
    rows: list[SheetRow] = Field(description="Every row without a fault, in the order of the file")
    faults: list[SheetFault] = Field(
        max_length=MOST_FAULTS, description="Only in a dry run: with a single one, an import does nothing at all"
    )
    more_faults: int = Field(description="How many there are besides those in `faults`")
    fault_groups: list[FaultGroupSchema] = Field(
        max_length=MOST_FAULTS, description="All faults by column and value, those of the most rows first"
    )
