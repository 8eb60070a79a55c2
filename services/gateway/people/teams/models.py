from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.gateway.base import Base


class TeamStatus(StrEnum):
    """active → dissolved. A dissolved team stays on record."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"


class Team(Base, table=True):
    """A group of people. Those who left stay listed, and are answered no more."""

    __tablename__ = "teams"

    title: str
    person_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid()), nullable=False))
    status: str = TeamStatus.ACTIVE
