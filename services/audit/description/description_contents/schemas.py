from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.description.described_engagements.schemas import Ref
from services.audit.description.description_parts.models import DescriptionPart
from services.audit.description.subservice_organisations.models import SubserviceMethod
from services.audit.description.subservice_organisations.schemas import AssertionAgreement, SubserviceControl
from services.audit.engagements.engagements.models import EngagementKind, TrustServicesCategory
from shared.http.fields import Input, Prose


class CriterionNotRelevant(Input):
    """A criterion that is not relevant to the system, and why (DC 200, DC8)."""

    criterion: Ref
    reason: Prose = Field(examples=["The system has no physical media of its own."])


class DescribedTime(BaseModel):
    """The engagement, and the time that it speaks of. Days are UTC, the first and the last included."""

    id: UUID
    title: str
    kind: EngagementKind
    categories: list[TrustServicesCategory] = Field(description="SOC 2 only")
    as_of_date: date | None = Field(description="Type 1 only")
    period_start: date | None = Field(description="Type 2 only")
    period_end: date | None = Field(description="Type 2 only")

    @property
    def first_day(self) -> date | None:
        """The as-of date, or the first day of the period."""
        return self.as_of_date or self.period_start

    @property
    def last_day(self) -> date | None:
        """The as-of date, or the last day of the period."""
        return self.as_of_date or self.period_end


class WrittenPart(BaseModel):
    """A part with its text."""

    part: DescriptionPart
    criterion: str | None = Field(examples=["DC1"], description="Of DC section 200; null in a SOC 1")
    title: str = Field(examples=["Types of services provided"])
    text: str | None
    none: bool = Field(description="Whether management states that there is nothing to describe here")


class Pinned(BaseModel):
    """What is described, at the version at which it is."""

    id: UUID
    version: int


class PinnedCommitment(Pinned):
    """A service commitment or system requirement of the engagement's programme."""

    kind: str = Field(examples=["service_commitment"])
    text: str
    criteria: list[str]


class PinnedControl(Pinned):
    """A control in the scope of the engagement; its wording is its definition, which the controls service keeps."""

    code: str
    title: str


class PinnedUserEntityControl(Pinned):
    """A complementary user entity control."""

    code: str
    text: str
    criteria: list[str]


class PinnedSubserviceOrganisation(Pinned):
    """A subservice organisation that was used in the time that the engagement speaks of."""

    name: str
    services: str
    method: SubserviceMethod
    controls: list[SubserviceControl]
    agreement: AssertionAgreement | None
    ended_on: date | None


class PinnedIncident(Pinned):
    """A system incident."""

    title: str
    nature: str
    began_at: datetime
    ended_at: datetime | None
    control_ids: list[UUID]
    commitment_ids: list[UUID]
    effect: str
    disposition: str


class PinnedChange(Pinned):
    """A significant change."""

    title: str
    text: str
    changed_on: date


class Content(BaseModel):
    """What a description says: its parts in order, and all that they name."""

    engagement: DescribedTime
    parts: list[WrittenPart]
    commitments: list[PinnedCommitment]
    controls: list[PinnedControl]
    controls_in_scope: int = Field(description="How many controls the engagement examines, heard of or not")
    incidents: list[PinnedIncident]
    user_entity_controls: list[PinnedUserEntityControl]
    subservice_organisations: list[PinnedSubserviceOrganisation]
    criteria_not_relevant: list[CriterionNotRelevant]
    changes: list[PinnedChange]


class LackCode(StrEnum):
    """Why a description cannot be approved, or does not stand as approved."""

    NOT_WRITTEN = "not_written"
    NO_PROGRAMME = "no_programme"
    NO_SERVICE_COMMITMENT = "no_service_commitment"
    NO_SYSTEM_REQUIREMENT = "no_system_requirement"
    NO_CONTROL = "no_control"
    UNKNOWN_CONTROL = "unknown_control"
    NEITHER_RECORDED_NOR_NONE = "neither_recorded_nor_none"
    RECORDED_AND_NONE = "recorded_and_none"
    OUTSIDE_THE_TIME = "outside_the_time"
    NO_SUBSERVICE_CONTROL = "no_subservice_control"
    NO_AGREEMENT = "no_agreement"
    CHANGED_SINCE = "changed_since"
    NOT_APPROVED = "not_approved"


class Lack(BaseModel):
    """Something that a description lacks."""

    part: DescriptionPart | None = Field(description="Null when it is about the description as a whole")
    criterion: Annotated[str | None, Field(examples=["DC7"], description="Of DC section 200; null in a SOC 1")]
    code: LackCode
    text: str = Field(examples=["Example Hosting Ltd is carved out, and no control is assumed of it."])
