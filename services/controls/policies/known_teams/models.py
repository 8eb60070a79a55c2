from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.controls.base import Known


class KnownTeam(Known, table=True):
    """A team as last heard of. `version` is the one that said so."""

    __tablename__ = "known_teams"

    id: UUID = Field(primary_key=True)
    people: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    dissolved: bool = False
    version: int
