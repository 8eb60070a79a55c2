from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD


class DeviationStatus(StrEnum):
    """recorded → analysed → concluded. One that was recorded in error is retracted, and stays on record."""

    RECORDED = "recorded"
    ANALYSED = "analysed"
    CONCLUDED = "concluded"
    RETRACTED = "retracted"


class DeviationPattern(StrEnum):
    """Whether a deviation stands alone or has a cause that others share."""

    ISOLATED = "isolated"
    SYSTEMATIC = "systematic"


class Deviation(Base, table=True):
    """A deviation, the firm's row. `sample_item_ids` are the items that deviate in this way, where it has a sample.

    `kind` is as candidates have it. `analysis`, `conclusion` and `retraction` are as the schemas have them.
    """

    __tablename__ = "deviations"

    engagement_id: UUID
    control_id: UUID
    control_code: str
    paper_id: UUID | None = None
    sample_item_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    candidate_id: UUID | None = None
    request_id: UUID | None = None
    kind: str
    nature: str = Field(sa_column=Column(Text, nullable=False, info=WITHHELD))
    status: str = DeviationStatus.RECORDED
    recorded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    analysis: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), info=WITHHELD))
    conclusion: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    retraction: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
