from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.audit.base import Base
from shared.data.base import WITHHELD


class AttributeResult(StrEnum):
    """What an attribute of an item came to."""

    MEETS = "meets"
    DEVIATES = "deviates"
    NOT_APPLICABLE = "not_applicable"


class ItemTest(Base, table=True):
    """The test of an item on the paper that tests its sample. What the item as a whole came to is the item's own.

    `attributes` is as the schema has it. `evidence` are labels of the paper, `tick_marks` signs of its legend.
    """

    __tablename__ = "item_tests"

    engagement_id: UUID
    paper_id: UUID
    sample_id: UUID
    sample_item_id: UUID
    attributes: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    tick_marks: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    evidence: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    note: str | None = Field(default=None, sa_column=Column(Text, info=WITHHELD))
    tested_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
