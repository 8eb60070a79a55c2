from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.engagements.schemas import EngagementDraft
from services.audit.planning.milestones.models import MilestoneKind
from shared.http.fields import NamedPerson


class ProposedMilestone(BaseModel):
    """A milestone of the engagement before, put off with its period."""

    kind: MilestoneKind
    title: str
    owner: NamedPerson | None = Field(description="Null where the owner has left: somebody else has to be named")
    planned_on: date


class SuccessorProposalOut(BaseModel):
    """The engagement that follows on. Nothing of it exists before somebody posts it."""

    follows: UUID = Field(description="The engagement that it follows")
    engagement: EngagementDraft = Field(description="For `POST /v1/engagements`, as it is or changed")
    firm_id: UUID | None = Field(description="Who conducted it, for `POST /v1/engagements/{id}/proposals`")
    control_ids: list[UUID] = Field(description="The scope as it is now, for `PUT /v1/engagements/{id}/scope`")
    milestones: list[ProposedMilestone] = Field(
        description="By due day, for `POST /v1/engagements/{id}/milestones` with the owner's id"
    )
