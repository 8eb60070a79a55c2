from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.audit.description.described_engagements.models import Described
from shared.data.base import instant


class SystemIncident(Described, table=True):
    """A system incident (DC 200, DC4): its nature, timing, effect and disposition.

    It came from the controls `control_ids`, which were not suitably designed or did not operate, or the commitments
    `commitment_ids` were not met; or both. `ended_at` is null while it goes on.
    """

    __tablename__ = "system_incidents"

    title: str
    nature: str
    began_at: datetime = instant()
    ended_at: datetime | None = instant(default=None)
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    commitment_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    effect: str
    disposition: str
