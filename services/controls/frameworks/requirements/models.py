from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Base


class Requirement(Base, table=True):
    """One entry of a framework version. Controls refer to it as `<framework code>:<ref>`, in whichever version.

    `assessed` is false for what only groups others, and for what was withdrawn: nothing answers it.
    """

    __tablename__ = "requirements"

    version_id: UUID
    ref: str
    title: str
    text: str | None = None
    kind: str
    group_ref: str
    group_title: str
    categories: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    parent_ref: str | None = None
    position: int
    assessed: bool = True
    oscal_id: str | None = None
    assertions: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
