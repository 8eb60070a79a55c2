from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from services.audit.sampling.sample_sizes.rules import LARGEST
from services.audit.sampling.sample_sizes.schemas import Confidence, Items
from services.audit.sampling.selections.rules import SelectionMethod
from shared.data.queries import Query


class DeviationLimitQuery(Query):
    """What a sample showed."""

    method: SelectionMethod
    size: Annotated[int, Field(ge=1, le=LARGEST, description="Items tested")]
    deviations: Annotated[int, Field(ge=0, le=LARGEST)]
    confidence_percent: Confidence
    population: Items = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.deviations > self.size:
            raise ValueError("more deviations than items tested")
        if self.population is not None and self.size > self.population:
            raise ValueError("more items tested than there are")
        return self


class DeviationLimitOut(BaseModel):
    """How high the deviation rate of the population may be, one-sided."""

    per_mille: int = Field(description="In tenths of a percent, rounded up")
    items: int | None = Field(description="As a number of items; null where the population's is not given")
