from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from shared.tables.formats import TableFormat

Heading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class OutsidePeriod(StrEnum):
    """What a row is whose day is outside the period: a fault that rejects the file, or a hint."""

    REJECT = "reject"
    REPORT = "report"


class PopulationUpload(BaseModel):
    """A file that was given, and how it is read: the input of the job that freezes it."""

    population_id: UUID
    upload_id: UUID
    table_format: TableFormat
    size: int
    sha256: str
    parts: int
    key_column: Heading | None
    day_column: Heading | None
    outside: OutsidePeriod
