from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.audit.base import Known


class KnownCommitment(Known, table=True):
    """A service commitment or system requirement as last heard of. `version` is the one that said so."""

    __tablename__ = "known_commitments"

    id: UUID = Field(primary_key=True)
    programme_id: UUID
    kind: str
    text: str
    criteria: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    withdrawn: bool = False
    version: int
