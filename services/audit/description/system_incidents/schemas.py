from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.audit.description.described_engagements.models import DescribedStatus
from shared.http.fields import Input, Instant, Prose, Title, once_each

IncidentTitle = Annotated[Title, Field(examples=["Customers could not sign in for five hours"])]
Nature = Annotated[Prose, Field(description="What happened")]
Effect = Annotated[Prose, Field(description="Its extent: whom and what it affected")]
Disposition = Annotated[Prose, Field(description="How it was resolved, and what was done about its cause")]
ControlIds = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(max_length=100, description="The controls that were not suitably designed or did not operate"),
]
CommitmentIds = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(max_length=100, description="The commitments of the engagement's programme that were not met"),
]


class SystemIncidentDraft(Input):
    """A system incident that came from ineffective controls, or in which a commitment was not met (DC 200, DC4)."""

    title: IncidentTitle
    nature: Nature
    began_at: Instant
    ended_at: Instant | None = Field(default=None, description="Null while it goes on")
    control_ids: ControlIds = Field(default=[])
    commitment_ids: CommitmentIds = Field(default=[])
    effect: Effect
    disposition: Disposition


class SystemIncidentRevision(Input):
    """What to change; members left out stay as they are."""

    title: IncidentTitle | None = None
    nature: Nature | None = None
    began_at: Instant | None = None
    ended_at: Instant | None = None
    control_ids: ControlIds | None = None
    commitment_ids: CommitmentIds | None = None
    effect: Effect | None = None
    disposition: Disposition | None = None


class SystemIncidentOut(BaseModel):
    id: UUID
    engagement_id: UUID
    title: str
    nature: str
    began_at: datetime
    ended_at: datetime | None = Field(description="Null while it goes on")
    control_ids: list[UUID]
    commitment_ids: list[UUID]
    effect: str
    disposition: str
    status: DescribedStatus
    version: int
    created_at: datetime
    updated_at: datetime
