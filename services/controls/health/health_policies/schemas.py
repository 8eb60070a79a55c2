from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from shared.http.fields import Input

_TOLERATED: Any = Field(
    default=10,
    ge=0,
    le=100,
    description="A control that is performed weekly or more often fails when more than this share of the occurrences"
    " expected in the last twelve months was missed, and at least two were",
)


class HealthPolicyTerms(Input):
    """The whole policy; it takes the place of the one before."""

    tolerated_misses_percent: int = _TOLERATED


class HealthPolicyOut(BaseModel):
    tolerated_misses_percent: int
    is_default: bool = Field(description="Whether the organisation has set none of its own")
    version: int = Field(description="0 while it is the default")
    created_at: datetime | None
    updated_at: datetime | None
