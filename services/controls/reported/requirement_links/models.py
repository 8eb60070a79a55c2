from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.controls.base import Base


class RequirementLinkStatus(StrEnum):
    """active → retired. What was recorded through a retired link stays."""

    ACTIVE = "active"
    RETIRED = "retired"


class RequirementLink(Base, table=True):
    """That the checks of a source test the controls that answer the requirements which the checks name.

    The source is one that is registered with integrations (`source_id`), or the name that result files are sent under
    (`source`). `relations` are those of crosswalk entries that are followed, from the requirement that is named.
    """

    __tablename__ = "requirement_links"

    source_id: UUID | None = None
    source: str | None = None
    tool: str | None = None
    relations: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    valid_days: int | None = None
    status: str = RequirementLinkStatus.ACTIVE
