from enum import StrEnum

from sqlalchemy import Column, Text
from sqlmodel import Field

from services.audit.base import Base


class FirmProcedureStatus(StrEnum):
    """in_use → retired. What papers took from a retired one stays in them."""

    IN_USE = "in_use"
    RETIRED = "retired"


class FirmProcedure(Base, table=True):
    """A procedure that a firm uses in many engagements. Papers copy its text; later changes do not reach them."""

    __tablename__ = "firm_procedures"

    code: str
    title: str
    kind: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    status: str = FirmProcedureStatus.IN_USE
