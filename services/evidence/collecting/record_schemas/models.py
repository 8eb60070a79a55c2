from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.evidence.base import Base


class RecordSchema(Base, table=True):
    """A JSON Schema. It never changes: another of the same code has the next number."""

    __tablename__ = "record_schemas"

    code: str
    number: int
    title: str
    document: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
