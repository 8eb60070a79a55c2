from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.history.historical_records.models import RecordKind
from services.controls.transfers.control_imports.schemas import RowFault
from shared.http.problems import FaultGroupSchema
from shared.problems import MOST_FAULTS
from shared.tables.formats import TableFormat
from shared.tables.headings import Heading


class HistoryImportInput(BaseModel):
    """What an import of history as a job has to know besides the table."""

    table_format: TableFormat
    dry_run: bool
    columns: list[str] = []
    evidence_ids: list[UUID] = []


class RecordOutcome(StrEnum):
    """What became of a row, or would: recorded now, or on record already and not refused."""

    RECORDED = "recorded"
    ALREADY_KNOWN = "already_known"


class RecordedRow(BaseModel):
    row: int = Field(description="As a spreadsheet numbers it: the first row of the file is row 1")
    code: str = Field(description="Of the control or policy")
    kind: RecordKind
    effective_on: date
    outcome: RecordOutcome
    record_id: UUID | None = Field(description="Null in a dry run of what would be recorded")


class HistoryImportOut(BaseModel):
    """What an import of history recorded, or would record. Nothing of it has an effect before it is accepted."""

    dry_run: bool
    import_id: UUID | None = Field(
        description="Names the import in its records, and all of them when they are decided on; null in a dry run, and"
        " where nothing was new"
    )
    recorded: int
    already_known: int
    not_in_directory: list[str] = Field(
        description="The names in `performed_by` that no person of the directory has: they are taken for people who had"
        " left before"
    )
    headings: list[Heading] = Field(
        description="In the order of the file: what each was taken for, or that it is ignored"
    )
    rows: list[RecordedRow] = Field(description="Every row without a fault, in the order of the file")
    faults: list[RowFault] = Field(
        max_length=MOST_FAULTS,
        description="Only in a dry run: with a single one, an import does nothing at all",
    )
    more_faults: int = Field(description="How many there are besides those in `faults`")
    fault_groups: list[FaultGroupSchema] = Field(
        max_length=MOST_FAULTS, description="All faults by column and value, those of the most rows first"
    )
