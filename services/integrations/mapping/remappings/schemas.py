from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.integrations.receiving.deliveries.models import DeliveryState
from shared.http.fields import Input, Instant


class RemappingDraft(Input):
    """Which deliveries are mapped again."""

    received_since: Instant
    received_until: Instant | None = Field(default=None, description="Before this instant; now when left out")
    source_id: UUID | None = Field(default=None, description="Only those of this source")
    states: list[DeliveryState] = Field(
        default=[],
        max_length=5,
        description="Only those in one of these states; in any when empty",
        examples=[["unmapped"]],
    )

    @model_validator(mode="after")
    def _is_a_period(self) -> Self:
        if self.received_until is not None and self.received_until <= self.received_since:
            raise ValueError("received_until must be after received_since")
        return self


class RemappingInput(BaseModel):
    """What a remapping as a job has to know."""

    received_since: Instant
    received_until: Instant
    source_id: UUID | None
    states: list[DeliveryState]


class RemappingOut(BaseModel):
    """What mapping again came to."""

    deliveries: int
    states: dict[str, int] = Field(description="How many deliveries came to which state", examples=[{"mapped": 12}])
    facts: int = Field(description="New facts; what was told before is not told again")
    replaced: int = Field(description="Those of the new facts that replace another")
