from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.audit.base import Known
from shared.data.base import instant


class KnownDefinition(Known, table=True):
    """An approved definition of a control as last heard of; its text never changes.

    `begun_earlier` is from when it was in force by a historical record; null where none says so. One that is
    `withdrawn` was approved for a day that did not come. Each of the three has the version that said so, 0 before.
    """

    __tablename__ = "known_definitions"

    id: UUID = Field(primary_key=True)
    control_id: UUID
    control_code: str
    number: int
    title: str
    statement: str | None = None
    kind: str | None = None
    nature: str | None = None
    frequency: str | None = None
    requirements: list[str] | None = Field(default=None, sa_column=Column(ARRAY(Text)))
    effective_from: datetime | None = instant(default=None)
    approved_at: datetime | None = instant(default=None)
    version: int = 0
    begun_earlier: datetime | None = instant(default=None)
    begun_version: int = 0
    withdrawn: bool = False
    withdrawn_version: int = 0
