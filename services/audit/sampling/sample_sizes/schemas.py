from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from shared.data.queries import Query

Confidence = Annotated[int, Field(ge=80, le=99, examples=[90], description="1 - the risk of assessing it too low")]
Tolerable = Annotated[
    int, Field(ge=5, le=500, examples=[100], description="The tolerable deviation rate in tenths of a percent")
]
Expected = Annotated[
    int, Field(ge=0, le=400, examples=[0], description="The expected deviation rate in tenths of a percent")
]
Items = Annotated[
    int | None,
    Field(ge=1, le=10_000_000, description="Of the population; left out where it is large, or not known yet"),
]


class SampleSizeQuery(Query):
    """A plan of attribute sampling."""

    confidence_percent: Confidence
    tolerable_per_mille: Tolerable
    expected_per_mille: Expected = 0
    population: Items = None

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.expected_per_mille >= self.tolerable_per_mille:
            raise ValueError("the expected rate must be below the tolerable one")
        return self


class ExtendedSize(BaseModel):
    """How many items are needed in all for so many deviations."""

    deviations: int
    size: int | None = Field(description="Null where the population has too few items, or a sample may not be so large")


class SampleSizeOut(BaseModel):
    """The smallest sample that shows what the plan is to show."""

    size: int
    deviations: int = Field(description="How many the plan allows for")
    for_more: list[ExtendedSize] = Field(description="What it is extended to when up to three more are found")
