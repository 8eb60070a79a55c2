from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base


class ReportType(StrEnum):
    """What the service auditor will report on: one date (Type 1) or a period (Type 2)."""

    SOC2_TYPE1 = "soc2_type1"
    SOC2_TYPE2 = "soc2_type2"


class Programme(Base, table=True):
    """An organisation's way to a report."""

    __tablename__ = "programmes"

    title: str
    report_type: str
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    system: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    commitments: str
    owner: str
    target_date: date
