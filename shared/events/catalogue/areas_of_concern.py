"""What the audit service announces of areas of concern, in the chains of both parties."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutAreaOfConcern(Event):
    """Every event about an area of concern says of which stage 1 and requirement, and how far it has come."""

    engagement_id: UUID
    requirement: str
    status: str


class AreaOfConcernNoted(AboutAreaOfConcern):
    """Stage 1 noted what could become a nonconformity in stage 2."""

    name: ClassVar[str] = "audit.area_of_concern.noted"


class AreaOfConcernMoved(AboutAreaOfConcern):
    """The auditee answered it, or the body cleared it or raised it as a nonconformity."""

    name: ClassVar[str] = "audit.area_of_concern.moved"

    step: str
