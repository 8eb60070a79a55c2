from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from shared.events.catalogue.controls import Severity
from shared.http.fields import Input

Days = Annotated[int, Field(ge=1, le=1830)]


class DueDays(Input):
    """Days from the opening to the due date. What is more severe is never due later."""

    critical: Days = 7
    high: Days = 30
    medium: Days = 90
    low: Days = 180

    @model_validator(mode="after")
    def _more_severe_is_not_later(self) -> Self:
        if not self.critical <= self.high <= self.medium <= self.low:
            raise ValueError("what is more severe is due no later: critical ≤ high ≤ medium ≤ low")
        return self

    def of(self, severity: Severity) -> int:
        """The days for a severity."""
        return int(getattr(self, severity))


class IssuePolicyTerms(Input):
    """The whole policy; it takes the place of the one before, and leaves the due dates that were given by that."""

    due_days: DueDays = DueDays()
    opens_for_failing_controls: bool = Field(
        default=False,
        description="Whether a control that starts to fail gets an issue by itself, unless one is open for that",
    )
    severity_for_failing_controls: Severity = Field(
        default=Severity.MEDIUM,
        description="Of the issues that open by themselves. With critical or high the control fails until they are"
        " closed, whatever its evidence says by then",
    )


class IssuePolicyOut(BaseModel):
    due_days: DueDays
    opens_for_failing_controls: bool
    severity_for_failing_controls: Severity
    is_default: bool = Field(description="Whether the organisation has set none of its own")
    version: int = Field(description="0 while it is the default")
    created_at: datetime | None
    updated_at: datetime | None
