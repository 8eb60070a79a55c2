from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.expectations.models import EvidenceKind, ExpectationStatus
from shared.http.fields import Input, Owner, Prose, Title

FreshnessDays = Annotated[
    int, Field(ge=0, le=3650, description="Days of 24 hours after the end of the covered period that evidence counts")
]
ExpiringDays = Annotated[
    int, Field(ge=0, le=365, description="Days of 24 hours before its end that evidence is announced as expiring")
]
Kind = Annotated[EvidenceKind, Field(description="What is asked for; the reviewer judges whether another kind will do")]


class ExpectationDraft(Input):
    """What a control needs as proof."""

    control_id: UUID = Field(description="A control of the controls service")
    title: Title = Field(examples=["Access review"])
    description: Prose = Field(examples=["The signed review of the quarter, exported from the identity provider."])
    kind: Kind
    freshness_days: FreshnessDays = Field(examples=[90])
    expiring_days: ExpiringDays = Field(examples=[14])
    owner: Owner = Field(examples=["dana@example.com"])


class ExpectationRevision(Input):
    """What to change; members left out stay as they are. New days apply to the evidence accepted before, too."""

    title: Title | None = None
    description: Prose | None = None
    kind: Kind | None = None
    freshness_days: FreshnessDays | None = None
    expiring_days: ExpiringDays | None = None
    owner: Owner | None = None


class ExpectationOut(BaseModel):
    id: UUID
    control_id: UUID
    title: str
    description: str
    kind: EvidenceKind
    freshness_days: int
    expiring_days: int
    owner: str
    status: ExpectationStatus
    version: int
    created_at: datetime
    updated_at: datetime
