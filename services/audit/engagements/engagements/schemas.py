from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.audit.engagements.engagements.models import EngagementKind, EngagementPhase, TrustServicesCategory
from services.audit.engagements.engagements.rules import with_security
from shared.events.catalogue.controls import HealthState
from shared.http.fields import Day, Input, Prose, Title

Categories = Annotated[
    list[TrustServicesCategory],
    Field(max_length=5, description="Trust Services Categories in scope; security is in every SOC 2"),
    AfterValidator(with_security),
]


class EngagementDraft(Input):
    """An engagement as agreed with the firm: Type 1 has an as-of date, Type 2 a period."""

    kind: EngagementKind
    title: Title = Field(examples=["SOC 2 Type 2, first half of 2026"])
    firm: Title = Field(examples=["Hale & Partners LLP"], description="The CPA firm that signs the report")
    firm_licence: Title = Field(examples=["CPA firm permit 12345, Colorado"])
    categories: Categories = Field(default=[TrustServicesCategory.SECURITY])
    as_of_date: Day | None = Field(default=None, description="Type 1 only: the day the report speaks of")
    period_start: Day | None = Field(default=None, description="Type 2 only: the first day of the period, included")
    period_end: Day | None = Field(default=None, description="Type 2 only: the last day of the period, included")


class EngagementRevision(Input):
    """What to change while the engagement is planned; members left out stay as they are. The kind stays."""

    title: Title | None = None
    firm: Title | None = None
    firm_licence: Title | None = None
    categories: Categories | None = None
    as_of_date: Day | None = None
    period_start: Day | None = None
    period_end: Day | None = None


class ScopeSetting(Input):
    """The controls to examine, in place of those set before. A control need not have been heard of yet."""

    control_ids: list[UUID] = Field(max_length=2000)


class PhaseMove(Input):
    """Where to: one step on, or back, which needs a reason."""

    phase: EngagementPhase
    reason: Prose | None = None


class EngagementOut(BaseModel):
    id: UUID
    kind: EngagementKind
    title: str
    firm: str
    firm_licence: str
    categories: list[TrustServicesCategory]
    as_of_date: date | None = Field(description="Type 1 only")
    period_start: date | None = Field(description="Type 2 only; the first day, included")
    period_end: date | None = Field(description="Type 2 only; the last day, included")
    phase: EngagementPhase
    controls_in_scope: int = Field(description="How many; which ones is answered under /scope")
    version: int
    created_at: datetime
    updated_at: datetime


class ScopedControlOut(BaseModel):
    """A control in scope, with what is known here of it."""

    id: UUID = Field(description="The control's id")
    known: bool = Field(description="False while no such control has been heard of")
    code: str | None
    title: str | None
    health: HealthState
