from enum import StrEnum

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base


class Existing(StrEnum):
    """What an import does with a control whose code the organisation has already."""

    REVISE = "revise"
    SKIP = "skip"
    REFUSE = "refuse"


class KeptHeadings(Base, table=True):
    """What an accepted import said of headings: a convenience for the next file with the same ones, and no record.

    Its id follows from the organisation, what the table is of, and the set of headings. `columns` maps plain headings
    to columns.
    """

    __tablename__ = "kept_headings"

    headings: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    columns: dict[str, str] = Field(sa_column=Column(JSONB, nullable=False))
