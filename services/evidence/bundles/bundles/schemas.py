from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.evidence.items.evidence.schemas import all_different
from shared.http.fields import ActedBy, Input, Instant, Title


class BundleDraft(Input):
    """Which evidence an archive is made of."""

    title: Title = Field(examples=["SOC 2 Type 2, 2026: access controls"])
    control_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(min_length=1, max_length=1000)
    covers_from: Instant = Field(description="The first instant of the period")
    covers_until: Instant = Field(description="The first instant after it: it is half-open")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.covers_until <= self.covers_from:
            raise ValueError("covers_until is not after covers_from")
        return self


class BundleOut(BaseModel):
    id: UUID
    title: str
    control_ids: list[UUID]
    covers_from: datetime
    covers_until: datetime
    items: int = Field(description="How many pieces of accepted evidence are in it")
    assembled_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
