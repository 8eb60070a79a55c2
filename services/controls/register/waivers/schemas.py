from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.register.waivers.models import WaiverPhase, WaiverStatus
from shared.http.fields import ActedBy, Input, Instant, Prose


class WaiverRequest(Input):
    """What is asked for: not to operate a control as described, for a time, with what makes up for it meanwhile."""

    control_id: UUID
    reason: Prose = Field(examples=["The identity provider cannot enforce it before its upgrade in October."])
    scope: Prose = Field(
        examples=["The four service accounts of the payroll export."], description="What exactly is exempt"
    )
    risk_accepted: Prose = Field(
        examples=["A stolen password of these accounts would be enough to read the export."],
        description="What can happen meanwhile, and is accepted",
    )
    compensating_control_id: UUID | None = Field(
        default=None, description="Another control that makes up for it; this or `compensating_measures` is needed"
    )
    compensating_measures: Prose | None = Field(
        default=None,
        examples=["The accounts may sign in from the office network only."],
        description="In words, what makes up for it",
    )
    starts_at: Instant | None = Field(default=None, description="As soon as it is granted when left out")
    expires_at: Instant = Field(description="The first instant at which it is over; 366 days after its start at most")
    renews: UUID | None = Field(default=None, description="The waiver of the same control that this one carries on")


class Verdict(StrEnum):
    """What is decided on a request."""

    GRANT = "grant"
    REFUSE = "refuse"


class WaiverDecision(Input):
    """Grant or refuse, and why."""

    decision: Verdict
    reason: Prose = Field(examples=["The accounts are watched, and the upgrade has a date."])


class WaiverRevocation(Input):
    """Why a waiver ends before its time."""

    reason: Prose = Field(examples=["The upgrade came early."])


class WaiverOut(BaseModel):
    id: UUID
    control_id: UUID
    control_code: str
    control_title: str
    reason: str
    scope: str
    risk_accepted: str
    compensating_control_id: UUID | None
    compensating_measures: str | None
    renews: UUID | None
    starts_at: datetime
    expiring_from: datetime = Field(description="From then on it is announced as expiring")
    expires_at: datetime
    status: WaiverStatus
    phase: WaiverPhase | None = Field(description="As of the instant asked for; null unless it is granted")
    requested_by: ActedBy
    decided_by: ActedBy | None
    decided_at: datetime | None
    decision_reason: str | None
    revoked_by: ActedBy | None
    revoked_at: datetime | None
    revocation_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
