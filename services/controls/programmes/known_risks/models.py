from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.controls.base import Known
from shared.data.base import instant


class KnownRisk(Known, table=True):
    """A risk as last heard of. What it says, how it is treated, and when it was identified and rated are told apart."""

    __tablename__ = "known_risks"

    id: UUID = Field(primary_key=True)
    code: str
    title: str
    status: str
    treatment: str = "untreated"
    treatment_version: int = 0
    controls: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    risk_version: int = 0
    identified_at: datetime | None = instant(default=None)
    identified_version: int = 0
    rated_at: datetime | None = instant(default=None)
    rated_version: int = 0
