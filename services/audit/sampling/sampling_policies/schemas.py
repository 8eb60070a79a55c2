from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from services.audit.sampling.sampling_policies.models import SampledFrequency
from shared.http.fields import Input

Size = Annotated[int, Field(ge=1, le=2000, description="Items to test")]


class FrequencySize(Input):
    """How many items are tested of a control that is performed so often."""

    frequency: SampledFrequency
    occurrences_a_year: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        description="How often it is performed in a year as a rule: sizes are scaled down where it was performed less"
        " often in the period. Null: they are not scaled"
    )
    low: Size = Field(description="For a low risk")
    high: Size = Field(description="For a high risk")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low must not be above high")
        return self


class EventBand(Input):
    """How many items are tested of a control that is performed on events, of so many events at most."""

    most: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(description="Null in the last band: of any number")
    low: Size | None = Field(default=None, description="For a low risk. Null: all, or by `percent`")
    high: Size | None = Field(default=None, description="For a high risk. Null: all, or by `percent`")
    percent: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="This share of the events instead, rounded up"
    )

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        if self.low is not None and (self.percent is not None or self.high is None or self.low > self.high):
            raise ValueError("give low and high in this order, or percent")
        return self


_STANDARD = {
    SampledFrequency.ANNUAL: (1, 1, 1),
    SampledFrequency.QUARTERLY: (4, 2, 2),
    SampledFrequency.MONTHLY: (12, 2, 5),
    SampledFrequency.SEMI_MONTHLY: (24, 3, 8),
    SampledFrequency.WEEKLY: (52, 5, 15),
    SampledFrequency.DAILY: (250, 20, 40),
    SampledFrequency.MANY_A_DAY: (None, 25, 60),
    SampledFrequency.AUTOMATED: (None, 1, 1),
}


def _frequencies() -> list[FrequencySize]:
    return [
        FrequencySize(frequency=frequency, occurrences_a_year=a_year, low=low, high=high)
        for frequency, (a_year, low, high) in _STANDARD.items()
    ]


def _event_bands() -> list[EventBand]:
    return [
        EventBand(most=4),
        EventBand(most=50, low=5, high=5),
        EventBand(most=250, percent=10),
        EventBand(most=None, low=25, high=60),
    ]


class SamplingPolicyTerms(Input):
    """The whole policy; it takes the place of the one before.

    No standard prescribes sizes by frequency: they are the firm's judgement, backed by other evidence, and no
    confidence follows from them.
    """

    frequencies: list[FrequencySize] = Field(
        default_factory=_frequencies,
        max_length=8,
        description="Each frequency once, but `on_event`, which has bands by how many events there were",
    )
    event_bands: list[EventBand] = Field(
        default_factory=_event_bands, min_length=1, max_length=10, description="By rising `most`, null in the last"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        named = sorted(each.frequency for each in self.frequencies)
        if named != sorted(_STANDARD):
            raise ValueError(f"frequencies must name each of these once: {', '.join(_STANDARD)}")
        *bounds, last = [band.most for band in self.event_bands]
        known = [bound for bound in bounds if bound is not None]
        if last is not None or len(known) != len(bounds) or known != sorted(set(known)):
            raise ValueError("event_bands must have a rising `most`, and null in the last")
        return self


class SamplingPolicyOut(BaseModel):
    frequencies: list[FrequencySize]
    event_bands: list[EventBand]
    is_default: bool = Field(description="Whether the firm has set none of its own")
    version: int = Field(description="0 while it is the default")
    created_at: datetime | None
    updated_at: datetime | None
