from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.controls.base import Base


class InterestedPartyStatus(StrEnum):
    """relevant → withdrawn. A withdrawn one stays on record."""

    RELEVANT = "relevant"
    WITHDRAWN = "withdrawn"


class InterestedParty(Base, table=True):
    """A party that is relevant to an information security management system, with its requirements."""

    __tablename__ = "interested_parties"

    programme_id: UUID
    name: str
    requirements: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = InterestedPartyStatus.RELEVANT
