"""What the audit service announces of nonconformities, in the chains of both parties."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutNonconformity(Event):
    """Every event about a nonconformity says of which requirement, its grade, and how far it has come."""

    engagement_id: UUID
    requirement: str
    grade: str
    status: str


class NonconformityRaised(AboutNonconformity):
    """An audit found that a requirement is not fulfilled."""

    name: ClassVar[str] = "audit.nonconformity.raised"


class NonconformityMoved(AboutNonconformity):
    """A party took a step: answered, accepted, returned, verified, closed or regraded it."""

    name: ClassVar[str] = "audit.nonconformity.moved"

    step: str
