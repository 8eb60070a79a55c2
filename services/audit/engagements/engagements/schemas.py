from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.audit.engagements.engagements.models import (
    EngagementKind,
    EngagementPhase,
    Industry,
    TrustServicesCategory,
)
from shared.events.catalogue.controls import HealthState
from shared.http.fields import Day, Input, Prose, Title, once_each

Categories = Annotated[
    list[TrustServicesCategory] | None,
    Field(
        max_length=5,
        examples=[["security", "availability"]],
        description="SOC 2 only: the Trust Services Categories in scope, of which security is always one",
    ),
]
ProgrammeId = Annotated[
    UUID | None,
    Field(
        description="The programme of the client that it is for, which aims at this kind of report; null where the"
        " client has none here"
    ),
]


FollowsId = Annotated[
    UUID | None,
    Field(
        description="The engagement that it follows, of which it takes up what is open: the stage 1 of a stage 2, the"
        " certification or surveillance audit before a surveillance audit, the examination of last year"
    ),
]

ClientIndustry = Annotated[
    Industry | None,
    Field(description="What the organisation earns its living with, by section of ISIC revision 4; drives the costs"),
]
Headcount = Annotated[
    int | None,
    Field(
        ge=1, le=10_000_000, description="How many people work for the organisation; drives the costs", examples=[85]
    ),
]


class NamedParty(BaseModel):
    """An organisation that takes part in an engagement."""

    id: UUID
    name: str | None = Field(description="Null while it has not been heard of")


class EngagementDraft(Input):
    """An engagement as planned: Type 1 has an as-of date, Type 2 a period, an ISO audit or readiness its days."""

    kind: EngagementKind
    title: Title = Field(examples=["SOC 2 Type 2, first half of 2026"])
    programme_id: ProgrammeId = None
    follows_id: FollowsId = None
    categories: Categories = None
    as_of_date: Day | None = Field(default=None, description="Type 1 only: the day the report speaks of")
    period_start: Day | None = Field(
        default=None, description="Not for Type 1: the first day of the period, or of the ISO audit, included"
    )
    period_end: Day | None = Field(
        default=None, description="Not for Type 1: the last day of the period, or of the ISO audit, included"
    )
    industry: ClientIndustry = None
    headcount: Headcount = None


class EngagementRevision(Input):
    """What to change before fieldwork; members left out stay as they are. The kind stays."""

    title: Title | None = None
    programme_id: ProgrammeId = None
    follows_id: FollowsId = None
    categories: Categories = None
    as_of_date: Day | None = None
    period_start: Day | None = None
    period_end: Day | None = None
    industry: ClientIndustry = None
    headcount: Headcount = None


class ScopeSetting(Input):
    """The controls and assets to examine, in place of those set before. A control need not have been heard of yet."""

    control_ids: list[UUID] = Field(max_length=2000)
    asset_ids: Annotated[list[UUID], AfterValidator(once_each), Field(max_length=2000)] | None = Field(
        default=None,
        description="The assets of the client's inventory that are examined; those set before when left out",
        examples=[[]],
    )


class PhaseMove(Input):
    """Where to: one step on; or back, or withdrawn from, which need a reason."""

    phase: EngagementPhase
    reason: Prose | None = None


class ProposalWithdrawal(Input):
    """Why the engagement is not proposed any longer."""

    reason: Prose = Field(examples=["Another firm was chosen."])


class ScopedAsset(BaseModel):
    """An asset in scope, as last heard of."""

    id: UUID
    code: str
    title: str
    kind: str = Field(examples=["application"])
    retired: bool


class EngagementOut(BaseModel):
    id: UUID
    kind: EngagementKind
    title: str
    client: NamedParty = Field(description="The organisation whose controls are examined")
    firm: NamedParty | None = Field(description="The auditing party that it is proposed to, or that accepted it")
    programme_id: UUID | None
    follows_id: UUID | None = Field(description="The engagement of which it takes up what is open")
    categories: list[TrustServicesCategory] = Field(description="SOC 2 only")
    as_of_date: date | None = Field(description="Type 1 only")
    period_start: date | None = Field(description="Type 2 and ISO audits; the first day, included")
    period_end: date | None = Field(description="Type 2 and ISO audits; the last day, included")
    industry: ClientIndustry
    headcount: Headcount
    phase: EngagementPhase
    accepted_at: datetime | None = Field(description="When the auditing party accepted it")
    fieldwork_at: datetime | None = Field(description="When fieldwork began")
    issued_at: datetime | None = Field(description="When the report was issued")
    controls_in_scope: int = Field(description="How many; which ones is answered under /scope")
    assets: list[ScopedAsset] = Field(description="The assets in scope, by their codes; frozen from fieldwork on")
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
