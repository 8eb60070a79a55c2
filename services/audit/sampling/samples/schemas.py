from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.audit.sampling.population_files.schemas import Heading
from services.audit.sampling.sample_sizes.schemas import Confidence, Expected, Tolerable
from services.audit.sampling.samples.models import SampleStatus, SeedOrigin
from services.audit.sampling.sampling_policies.models import ControlRisk, SampledFrequency
from services.audit.sampling.selections.rules import SelectionMethod
from shared.http.fields import ActedBy, Code, Input, Prose, Title

LARGEST_SAMPLE = 2_000  # items

ItemKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]
SampleSize = Annotated[int, Field(ge=1, le=LARGEST_SAMPLE)]


class ByPolicy(Input):
    """By the firm's policy: how often the control is performed, and the risk associated with it."""

    frequency: SampledFrequency
    risk: ControlRisk


class ByAttributes(Input):
    """By attribute sampling, exact for the number of items of the population. Random or systematic only."""

    confidence_percent: Confidence
    tolerable_per_mille: Tolerable
    expected_per_mille: Expected = 0

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.expected_per_mille >= self.tolerable_per_mille:
            raise ValueError("the expected rate must be below the tolerable one")
        return self


class SampleDesign(BaseModel):
    """Where the size comes from: one of the two, or the auditor's judgement, whose reason is `size_reason`."""

    by_policy: ByPolicy | None
    by_attributes: ByAttributes | None


class SampleAttribute(Input):
    """What each item is tested for. Deviations count for each attribute by itself."""

    code: Code = Field(examples=["A"])
    title: Title = Field(examples=["Approved by somebody other than the developer"])


class SampleDraft(Input):
    """How many items of a reliable population are tested of a control, and how they are selected."""

    population_id: UUID
    control_id: UUID | None = Field(default=None, description="The population's own when left out")
    title: Title = Field(examples=["Changes: approval before deployment"])
    method: SelectionMethod
    by_policy: ByPolicy | None = None
    by_attributes: ByAttributes | None = None
    size: SampleSize | None = Field(
        default=None, description="What policy or attribute sampling ask for when left out; required without them"
    )
    size_reason: Prose | None = Field(
        default=None,
        description="Required for a size below what policy or attribute sampling ask for, and without either; for an"
        " automated control, the tests of general IT controls that one item rests on",
    )
    stratum_column: Heading | None = Field(default=None, description="Stratified only: the heading of the strata")
    strata: dict[Annotated[str, StringConstraints(max_length=200)], SampleSize] | None = Field(
        default=None, max_length=50, description="Stratified only: the size of each. In proportion when left out"
    )
    picks: list[ItemKey] | None = Field(
        default=None,
        max_length=LARGEST_SAMPLE,
        description="Haphazard and targeted only: the keys that were picked. Those behind the size are replacements",
    )
    selection_reason: Prose | None = Field(
        default=None, description="Haphazard and targeted only, and required there: how and why they were picked"
    )
    attributes: list[SampleAttribute] = Field(default_factory=list, max_length=26)

    @model_validator(mode="after")
    def _each_attribute_once(self) -> Self:
        codes = [attribute.code for attribute in self.attributes]
        if len(set(codes)) < len(codes):
            raise ValueError("attributes names a code twice")
        if self.picks is not None and len(set(self.picks)) < len(self.picks):
            raise ValueError("picks names an item twice")
        return self


class SampleVoiding(Input):
    """Why the sample does not stand."""

    reason: Prose = Field(examples=["The population was superseded: it lacked the mobile team's tickets."])


class ExtensionOut(BaseModel):
    """That more items of the same order joined it: how many, and the reason given before they were known."""

    size: int
    stratum: str | None = Field(description="Of a stratified sample: where it goes on")
    reason: str
    by: ActedBy
    at: datetime


class AttributeOutcome(BaseModel):
    """How often one attribute deviated among the items tested."""

    code: str
    deviations: int
    rate_per_mille: int = Field(description="Rounded half up")
    upper_limit_per_mille: int | None = Field(description="Null where none follows, as of the sample")


class EvaluationOut(BaseModel):
    """What came of the items. It says nothing of whether the control operated effectively: a person judges that."""

    tested: int
    deviations: int = Field(description="Items that could not be tested at all are deviations")
    unavailable: int
    not_applicable: int
    rate_per_mille: int = Field(description="Deviations among those tested, rounded half up")
    upper_limit_per_mille: int | None = Field(
        description="Of the population, at the confidence of the design, rounded up. Null where none follows: only a"
        " random or systematic sample of a size by attribute sampling has one"
    )
    upper_limit_items: int | None = Field(description="The same as a number of items of the population")
    confidence_percent: int | None
    attributes: list[AttributeOutcome]
    by: ActedBy
    at: datetime


class VoidedOut(BaseModel):
    """That it does not stand, and why."""

    reason: str
    by: ActedBy
    at: datetime


class ItemCounts(BaseModel):
    """The items by their status."""

    pending: int
    passed: int
    deviation: int
    not_applicable: int
    unavailable: int


class SampleSummary(BaseModel):
    id: UUID
    engagement_id: UUID
    population_id: UUID
    population_superseded: bool = Field(description="Whether a later version of the population was frozen since")
    control_id: UUID
    title: str
    method: SelectionMethod
    size: int = Field(description="Without the extension")
    planned_size: int | None = Field(description="What policy or attribute sampling ask for")
    planned_deviations: int | None = Field(description="How many attribute sampling allows for in the planned size")
    size_reason: str | None
    design: SampleDesign
    stratum_column: str | None
    strata: dict[str, int] | None
    pick_count: int | None = Field(description="How many keys were picked; null where a seed selects")
    selection_reason: str | None
    attributes: list[SampleAttribute]
    status: SampleStatus
    seed: str | None = Field(description="Null until it is drawn, and where items are picked")
    seed_origin: SeedOrigin | None
    seed_source: str | None = Field(description="Where a typed seed is from, or the sample whose seed it is")
    seeded_at: datetime | None
    draw_number: int | None = Field(description="Which draw it is of this control from this population; the first is 1")
    draws_made: int = Field(description="How many seeds were made or given for this control and population, in all")
    frame_sha256: str | None
    drawn_by: ActedBy | None
    drawn_at: datetime | None
    released_by: ActedBy | None
    released_at: datetime | None
    extension: ExtensionOut | None
    evaluation: EvaluationOut | None
    voided: VoidedOut | None
    items: ItemCounts
    version: int
    created_at: datetime
    updated_at: datetime


class SampleOut(SampleSummary):
    """A sample with the keys that were picked, which lists count only."""

    picks: list[str] | None
