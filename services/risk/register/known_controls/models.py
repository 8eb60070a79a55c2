from uuid import UUID

from sqlalchemy import ARRAY, Column, Text
from sqlmodel import Field

from services.risk.base import Known
from shared.events.catalogue.controls import HealthState


class KnownControl(Known, table=True):
    """A control as last heard of. It and its health have versions of their own; 0 while nothing was heard of one.

    It is `in_operation` when its health was told and is not unknown for not being operated.
    """

    __tablename__ = "known_controls"

    id: UUID = Field(primary_key=True)
    code: str
    title: str
    retired: bool = False
    control_version: int = 0
    health: str = HealthState.UNKNOWN
    reasons: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    in_operation: bool = False
    health_version: int = 0
