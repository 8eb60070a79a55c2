from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from shared.http.fields import Input, Prose

Seed = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$"), Field(examples=["5eed-2026-07-31"])]


class DrawDraft(Input):
    """Where the seed comes from: made here when nothing is given, typed, or carried forward from another sample.

    A seed that is carried forward keeps, of an interim sample, every item that is among the first of the longer period.
    """

    seed: Seed | None = None
    seed_source: Prose | None = Field(
        default=None, description="Required for a typed seed", examples=["Ten rolls of a die, filmed; paper S-4"]
    )
    seed_of: UUID | None = Field(default=None, description="The sample whose seed it is")

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        if (self.seed is None) != (self.seed_source is None):
            raise ValueError("give a seed and its source together")
        if self.seed is not None and self.seed_of is not None:
            raise ValueError("give a seed or the sample whose seed it is, not both")
        return self


class SampleJob(BaseModel):
    """The sample that a job draws, or draws again."""

    sample_id: UUID


class DrawDifference(BaseModel):
    """The first place in the order at which both are not the same."""

    place: int = Field(description="The first is 1")
    kept: str | None = Field(description="The key that the sample has there")
    drawn_again: str | None = Field(description="The key that the second draw has there")


class VerificationOut(BaseModel):
    """What drawing again from the kept frame showed."""

    equal: bool = Field(description="The frame and every item of the order, replacements and extension as well")
    algorithm: str
    seed: str
    rows: int
    frame_sha256: str = Field(description="As it was when the sample was drawn")
    frame_sha256_now: str = Field(description="Of the frame as it is kept")
    items: int = Field(description="How many places of the order were compared")
    first_difference: DrawDifference | None
