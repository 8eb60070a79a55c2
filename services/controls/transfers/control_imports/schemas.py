from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.transfers.control_imports.models import Existing
from shared.http.problems import FaultGroupSchema
from shared.problems import MOST_FAULTS
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading


class ImportInput(BaseModel):
    """What an import as a job has to know besides the table."""

    table_format: TableFormat
    dry_run: bool
    existing: Existing
    columns: list[str] = []


class RowOutcome(StrEnum):
    """What became of a row, or would. Another text for a control in operation is proposed, and waits for approval."""

    CREATED = "created"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class ImportedRow(BaseModel):
    row: int = Field(description="As a spreadsheet numbers it: the header is row 1")
    code: str
    outcome: RowOutcome
    control_id: UUID | None = Field(description="Null in a dry run of what would be new")
    changed: list[str] = Field(description="The columns that a revision changes", examples=[["owner"]])


class RowFault(BaseModel):
    row: int
    column: str | None = Field(description="Null when it is the row as a whole")
    detail: str


class ImportOut(BaseModel):
    """What an import did, or would do."""

    dry_run: bool
    created: int
    revised: int
    unchanged: int
    skipped: int
    headings: list[Heading] = Field(
        description="In the order of the file: what each was taken for, or that it is ignored"
    )
    rows: list[ImportedRow] = Field(description="Every row without a fault, in the order of the file")
    faults: list[RowFault] = Field(
        max_length=MOST_FAULTS,
        description="Only in a dry run: with a single one, an import does nothing at all",
    )
    more_faults: int = Field(description="How many there are besides those in `faults`")
    fault_groups: list[FaultGroupSchema] = Field(
        max_length=MOST_FAULTS, description="All faults by column and value, those of the most rows first"
    )
