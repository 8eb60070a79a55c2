from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.evidence.items.evidence.schemas import all_different
from services.evidence.keeping.releases.models import ReleaseStatus
from shared.http.fields import ActedBy, Input, Instant, Prose, Title


class ReleaseDraft(Input):
    """A report that was released outside of Attest."""

    title: Title = Field(examples=["SOC 2 Type 2 report, 2024"])
    released_at: Instant = Field(description="When the firm released it; not in the future")
    control_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(min_length=1, max_length=1000)
    covers_from: Instant = Field(description="The first instant of the report's period")
    covers_until: Instant = Field(description="The first instant after it: it is half-open")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.covers_until <= self.covers_from:
            raise ValueError("covers_until is not after covers_from")
        return self


class ReleaseWithdrawal(Input):
    """Why it should not have been recorded."""

    reason: Prose


class ReleaseOut(BaseModel):
    id: UUID
    title: str
    released_at: datetime
    control_ids: list[UUID]
    covers_from: datetime
    covers_until: datetime
    status: ReleaseStatus
    recorded_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
