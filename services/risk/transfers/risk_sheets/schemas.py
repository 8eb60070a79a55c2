from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.problems import FaultGroupSchema
from shared.problems import MOST_FAULTS
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading

MOST_ROWS = 2000


class RiskImportInput(BaseModel):
    """What an import as a job has to know besides the table."""

    table_format: TableFormat
    dry_run: bool
    columns: list[str] = []


class RiskRowOutcome(StrEnum):
    """What became of a row, or would."""

    IDENTIFIED = "identified"
    REVISED = "revised"
    UNCHANGED = "unchanged"


class ImportedRisk(BaseModel):
    row: int = Field(description="As a spreadsheet numbers it: the header is row 1")
    code: str
    outcome: RiskRowOutcome
    risk_id: UUID | None = Field(description="Null in a dry run of what would be new")
    changed: list[str] = Field(description="The columns in which a risk that is there differs")


class RiskRowFault(BaseModel):
    row: int
    column: str
    detail: str


class RiskImportOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    identified: int
    revised: int
    unchanged: int
    headings: list[Heading] = Field(description="In the order of the file: what each was taken for")
    rows: list[ImportedRisk] = Field(description="Every row without a fault, in the order of the file")
    faults: list[RiskRowFault] = Field(
        max_length=MOST_FAULTS, description="Only in a dry run: with a single one, an import does nothing at all"
    )
    more_faults: int = Field(description="How many there are besides those in `faults`")
    fault_groups: list[FaultGroupSchema] = Field(
        max_length=MOST_FAULTS, description="All faults by column and value, those of the most rows first"
    )
