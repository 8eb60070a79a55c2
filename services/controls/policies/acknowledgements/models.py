from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.controls.base import Base
from shared.data.base import instant


class AcknowledgementStatus(StrEnum):
    """outstanding → acknowledged, or excused; who was excused may still acknowledge."""

    OUTSTANDING = "outstanding"
    ACKNOWLEDGED = "acknowledged"
    EXCUSED = "excused"


class Acknowledgement(Base, table=True):
    """One person of a campaign, by the name they were listed under. `recorded_by` is an actor of the trail."""

    __tablename__ = "policy_acknowledgements"

    campaign_id: UUID
    person: str
    status: str = AcknowledgementStatus.OUTSTANDING
    acknowledged_at: datetime | None = instant(default=None)
    recorded_by: str | None = None
    on_behalf: bool = False
    statement: str | None = None
    evidence_id: UUID | None = None
    excuse: str | None = None
