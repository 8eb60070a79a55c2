from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.evidence.base import Known
from shared.data.base import instant


class KnownEngagement(Known, table=True):
    """An engagement as last heard of: which controls it examines, over which period (half-open), and where it is.

    The auditing party `firm_id` reads what the scope shows while that is `readable`. `released_at` is when its report
    was issued, from which on its evidence is kept for years. `release_version` is the version that said so, 0 before.
    """

    __tablename__ = "known_engagements"

    id: UUID = Field(primary_key=True)
    title: str
    phase: str
    firm_id: UUID | None = None
    readable: bool = False
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    covers_from: datetime | None = instant(default=None)
    covers_until: datetime | None = instant(default=None)
    version: int
    released_at: datetime | None = instant(default=None)
    release_version: int = 0
