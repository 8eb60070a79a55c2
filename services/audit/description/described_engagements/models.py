from enum import StrEnum
from uuid import UUID

from services.audit.base import Base


class DescribedStatus(StrEnum):
    """recorded → withdrawn. A withdrawn one stays on record and is in no later version of the description."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class Described(Base):
    """What the system description of an engagement names."""

    engagement_id: UUID
    status: str = DescribedStatus.RECORDED
