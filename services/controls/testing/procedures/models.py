from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base


class Method(StrEnum):
    """How something is tested, from the weakest to the strongest."""

    INQUIRY = "inquiry"
    OBSERVATION = "observation"
    INSPECTION = "inspection"
    REPERFORMANCE = "reperformance"


class ProcedureStatus(StrEnum):
    """draft → approved → retired. A revision makes it a draft again; what was approved stays in force meanwhile."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class Procedure(Base, table=True):
    """How a control is tested, as it is being written; tests follow a version that was approved."""

    __tablename__ = "procedures"

    code: str
    title: str
    methods: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    steps: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    expected_result: str
    status: str = ProcedureStatus.DRAFT
    author: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approved_version_id: UUID | None = None


class ProcedureVersion(Base, table=True):
    """A procedure as it was approved: what a test says it followed, and never changed."""

    __tablename__ = "procedure_versions"

    procedure_id: UUID
    number: int
    title: str
    methods: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    steps: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    expected_result: str
    author: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approver: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
