from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.conduct.proposals.models import ProposalStatus
from services.audit.engagements.engagements.models import EngagementKind
from services.audit.engagements.engagements.schemas import NamedParty
from shared.http.fields import ActedBy, Input, Prose


class ProposalDraft(Input):
    """Whom the engagement is proposed to."""

    firm_id: UUID = Field(
        description="An audit firm (`/v1/firms`); for readiness and internal audits also the organisation's own id"
    )


class ProposalRefusal(Input):
    """Why the firm does not accept the engagement; the client reads it."""

    reason: Prose = Field(examples=["We advise the client on the system that would be examined."])


class ProposalOut(BaseModel):
    id: UUID
    engagement_id: UUID
    title: str = Field(description="Of the engagement when it was proposed")
    kind: EngagementKind
    client: NamedParty
    firm: NamedParty = Field(description="The auditing party that was asked")
    status: ProposalStatus
    proposed_by: ActedBy
    settled_by: ActedBy | None = Field(description="Who accepted or declined for the firm, or withdrew for the client")
    settled_at: datetime | None
    reason: str | None = Field(description="Why it was declined or withdrawn")
    version: int
    created_at: datetime
    updated_at: datetime
