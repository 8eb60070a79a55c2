from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.risk.vendors.vendors.models import (
    DataClass,
    Dependence,
    Replaceability,
    ReviewCause,
    VendorAccess,
    VendorKind,
    VendorStatus,
    VendorTier,
)
from shared.http.fields import Code, Day, Email, Input, NamedPerson, PersonRef, Prose, Title, once_each

MOST_EVIDENCE = 50

EvidenceIds = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(max_length=MOST_EVIDENCE, description="Items of evidence that were neither returned nor replaced"),
]


class VendorContact(Input):
    """Somebody at the vendor. They need no account."""

    name: Title = Field(examples=["Kim Ono"])
    email: Email = Field(examples=["kim.ono@example.net"])


Contacts = Annotated[list[VendorContact], Field(max_length=20)]
Data = Annotated[list[Title], Field(max_length=50, examples=[["Customer documents"]])]
AssetIds = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(max_length=200, description="Assets that the vendor provides or handles"),
]


class VendorDraft(Input):
    """A vendor, with the facts that its tier follows from."""

    code: Code = Field(examples=["V-01"])
    name: Title = Field(examples=["Example Hosting Ltd"])
    kind: VendorKind = VendorKind.VENDOR
    services: Prose = Field(examples=["Data centres and virtual machines."])
    data: Data = Field(default=[])
    data_class: DataClass
    personal_data: bool = False
    access: VendorAccess
    dependence: Dependence
    replaceability: Replaceability
    owner: PersonRef
    contacts: Contacts = Field(default=[])
    asset_ids: AssetIds = Field(default=[])


class VendorRevision(Input):
    """What to change; members left out stay as they are. The tier follows."""

    name: Title | None = None
    kind: VendorKind | None = None
    services: Prose | None = None
    data: Data | None = None
    data_class: DataClass | None = None
    personal_data: bool | None = None
    access: VendorAccess | None = None
    dependence: Dependence | None = None
    replaceability: Replaceability | None = None
    owner: PersonRef | None = None
    contacts: Contacts | None = None
    asset_ids: AssetIds | None = None


class VendorReason(Input):
    """Why."""

    reason: Prose = Field(examples=["They did not answer for two months."])


class ReviewCall(Input):
    """Why a vendor is to be reviewed before its time."""

    cause: Literal[ReviewCause.INCIDENT, ReviewCause.REPORT_QUALIFIED, ReviewCause.MATERIAL_CHANGE]
    reason: Prose = Field(examples=["They told us of a breach of their support system on 3 May."])


class DataOutcome(StrEnum):
    """What became of our data at the vendor."""

    RETURNED = "returned"
    DESTROYED = "destroyed"
    NONE_HELD = "none_held"


class OffboardingProof(Input):
    """That a vendor has no access to us and nothing of ours any more, each with evidence."""

    access_revoked_on: Day
    access_evidence_ids: EvidenceIds = Field(min_length=1)
    data: DataOutcome
    data_settled_on: Day | None = Field(default=None, description="Needed unless the vendor held no data")
    data_evidence_ids: EvidenceIds = Field(default=[], description="Needed unless the vendor held no data")
    note: Prose | None = None


class TierReasonCode(StrEnum):
    """Which fact gives a vendor a tier."""

    SUBSERVICE = "subservice"
    DATA_CLASS = "data_class"
    PERSONAL_DATA = "personal_data"
    ACCESS = "access"
    DEPENDENCE = "dependence"
    NOTHING_MORE = "nothing_more"


class TierReason(BaseModel):
    code: TierReasonCode
    tier: VendorTier = Field(description="The tier that this fact alone gives")
    text: str


class OffboardingOut(BaseModel):
    access_revoked_on: date
    access_evidence_ids: list[UUID]
    data: DataOutcome
    data_settled_on: date | None
    data_evidence_ids: list[UUID]
    note: str | None


class VendorOut(BaseModel):
    id: UUID
    code: str
    name: str
    kind: VendorKind
    services: str
    data: list[str]
    data_class: DataClass
    personal_data: bool
    access: VendorAccess
    dependence: Dependence
    replaceability: Replaceability
    owner: NamedPerson
    contacts: list[VendorContact]
    asset_ids: list[UUID]
    tier: VendorTier
    tier_reasons: list[TierReason] = Field(description="The tier is the highest that one of these gives")
    status: VendorStatus
    status_reason: str | None = Field(description="Why it is rejected, suspended or offboarding")
    approval: VendorStatus | None = Field(
        description="What the last review decided: `approved`, `approved_with_conditions` or `rejected`"
    )
    approved_at: datetime | None = Field(description="When that was decided")
    review_due_on: date | None
    review_cause: ReviewCause | None
    review_overdue: bool
    offboarding: OffboardingOut | None
    version: int
    created_at: datetime
    updated_at: datetime
