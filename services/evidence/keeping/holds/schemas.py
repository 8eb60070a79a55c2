from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.evidence.items.evidence.schemas import all_different
from services.evidence.keeping.holds.models import HoldStatus
from shared.http.fields import ActedBy, Input, Instant, Prose, Title

Ids = Annotated[list[UUID], Field(default_factory=list, max_length=1000), AfterValidator(all_different)]


class HeldPeriod(Input):
    """Everything that covers any part of a period; half-open, as all periods of evidence are."""

    covers_from: Instant
    covers_until: Instant

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.covers_until <= self.covers_from:
            raise ValueError("covers_until is not after covers_from")
        return self


class HoldScope(Input):
    """What is held: evidence that any of these names, also evidence that is handed in later."""

    item_ids: Ids = Field(description="This very evidence")
    control_ids: Ids = Field(description="Whatever proves these controls")
    expectation_ids: Ids = Field(description="Whatever is handed in for these expectations")
    engagement_ids: Ids = Field(description="Whatever proves a control in these engagements' scope in their period")
    period: HeldPeriod | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.item_ids or self.control_ids or self.expectation_ids or self.engagement_ids or self.period):
            raise ValueError("a hold names items, controls, expectations, engagements or a period")
        return self


class HoldDraft(Input):
    """A legal matter, and the evidence it needs to be kept."""

    matter: Title = Field(examples=["Doe v. Example Corp., 26-cv-1017"])
    reason: Prose = Field(examples=["Counsel asked on 3 March that access reviews of 2025 be preserved."])
    scope: HoldScope


class HoldRelease(Input):
    """Why the evidence need not be kept for this matter any longer."""

    reason: Prose = Field(examples=["Settled; counsel confirmed in writing on 9 June."])


class HoldOut(BaseModel):
    id: UUID
    matter: str
    reason: str
    item_ids: list[UUID]
    control_ids: list[UUID]
    expectation_ids: list[UUID]
    engagement_ids: list[UUID]
    covers_from: datetime | None = Field(description="Null when no period is held")
    covers_until: datetime | None
    status: HoldStatus
    placed_by: ActedBy
    released_by: ActedBy | None
    released_at: datetime | None
    release_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class HeldItem(BaseModel):
    """Evidence in the scope of a hold, as of now."""

    id: UUID
    title: str
    kind: str
    covers_from: datetime
    covers_until: datetime
    created_at: datetime
