from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base


class Method(Base, table=True):
    """How an organisation rates risk. Its id is the organisation's, since there is one."""

    __tablename__ = "methods"

    title: str
    preset: str | None = None
    likelihood: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    impact: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    levels: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    matrix: list[list[str]] = Field(sa_column=Column(JSONB, nullable=False))
    appetite: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
