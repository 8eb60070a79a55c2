from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.register.overrides.models import OverrideStatus
from services.risk.register.risks.schemas import RatingOut
from services.risk.terms.method_terms.schemas import Place
from shared.http.fields import ActedBy, Input, Instant, Prose


class OverrideProposal(Input):
    """What a risk shall be rated for a time in the place of what is computed."""

    likelihood: Place
    impact: Place
    reason: Prose = Field(examples=["The failing test was of a system that was taken off the network last week."])
    expires_at: Instant = Field(description="The first instant at which it is over; the method says how far off")


class OverrideApproval(Input):
    """What an approver has to say."""

    note: Prose = Field(examples=["Seen the firewall rule and the inventory."])


class OverrideEnd(Input):
    """Why an override is declined or ended before its time."""

    reason: Prose = Field(examples=["The system is on the network again."])


class ApprovalOut(BaseModel):
    by: ActedBy
    at: datetime
    note: str


class OverrideBasis(BaseModel):
    """What an override rests on, as it was when it came into force."""

    method_number: int
    inherent: list[int] = Field(description="Likelihood and impact")
    computed: list[int] = Field(description="Likelihood and impact")
    controls: dict[UUID, int] = Field(
        description="How each control stood: 3 healthy, 2 at risk, 1 not shown to work, 0 failing or not in operation"
    )


class OverrideOut(BaseModel):
    id: UUID
    risk_id: UUID
    risk_code: str
    risk_title: str
    rating: RatingOut
    reason: str
    expires_at: datetime
    status: OverrideStatus
    proposed_by: ActedBy
    approvals: list[ApprovalOut]
    basis: OverrideBasis | None
    in_force_at: datetime | None
    ended_at: datetime | None
    ended_by: ActedBy | None = Field(description="Of kind `system` when it expired or was overtaken")
    end_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
