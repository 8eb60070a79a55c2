from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base
from shared.data.base import instant


class DecisionStatus(StrEnum):
    """proposed → in force → withdrawn; only what takes a requirement out of scope has to be approved first."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class Ground(StrEnum):
    """What makes a requirement relevant (ISO/IEC 27001, 6.1.3): a risk it treats, a law, a contract, good practice."""

    RISK = "risk"
    LAW = "law"
    CONTRACT = "contract"
    PRACTICE = "practice"


class ScopeDecision(Base, table=True):
    """A decision on one requirement of the framework that a programme pins."""

    __tablename__ = "scope_decisions"

    programme_id: UUID
    requirement: str
    relevant: bool
    reason: str
    grounds: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    risks: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    status: str
    author: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    approver: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    in_force_since: datetime | None = instant(default=None)
