from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD, instant


class PopulationStatus(StrEnum):
    """asked → receiving → rejected | frozen → reliable | unreliable; each that was frozen → superseded.

    A file that cannot be read for want of a heading brings it back to asked.
    """

    ASKED = "asked"
    RECEIVING = "receiving"
    REJECTED = "rejected"
    FROZEN = "frozen"
    RELIABLE = "reliable"
    UNRELIABLE = "unreliable"
    SUPERSEDED = "superseded"


class ProvenanceKind(StrEnum):
    """How the entity produced the information: the more of it is custom, the more has to be shown of its logic."""

    STANDARD_REPORT = "standard_report"
    CUSTOM_QUERY = "custom_query"
    SPREADSHEET = "spreadsheet"
    API_PULL = "api_pull"


class Population(Base, table=True):
    """A version of a population of an engagement, the firm's row. Days are as the source has them, both included.

    `series_id` is the id of its first version. The hints, faults and procedures are as the schemas have them; they name
    items of the client, which the trail tells by digests. `file_sha256` is of the bytes as given and `frame_sha256` of
    the frame.
    """

    __tablename__ = "populations"

    engagement_id: UUID
    series_id: UUID
    number: int = 1
    control_id: UUID | None = None
    title: str
    description: str
    first_day: date
    last_day: date
    provenance: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    status: str = PopulationStatus.ASKED
    upload_id: UUID | None = None
    file_format: str | None = None
    file_size: int | None = Field(default=None, sa_column=Column(BigInteger))
    file_sha256: str | None = None
    key_column: str | None = None
    day_column: str | None = None
    columns: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    row_count: int | None = None
    frame_sha256: str | None = None
    faults: list[dict[str, Any]] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    more_faults: int = 0
    hints: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    frozen_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    frozen_at: datetime | None = instant(default=None)
    reliability: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    concluded_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    concluded_at: datetime | None = instant(default=None)
