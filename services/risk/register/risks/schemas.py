from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from services.risk.register.risks.models import CloseReason, Factor, LinkKind, Property, RiskTreatment
from services.risk.terms.method_terms.schemas import Category, Place
from shared.events.catalogue.controls import HealthState
from shared.events.catalogue.risk import RiskStanding, RiskStatus
from shared.http.fields import ActedBy, Code, Input, NamedPerson, PersonRef, Prose, Title, once_each


class Scenario(Input):
    """What could happen: who or what brings it about, what happens, and what comes of it."""

    source: Prose = Field(examples=["A former employee"])
    event: Prose = Field(examples=["signs in with an account that was not closed"])
    consequence: Prose = Field(examples=["and copies customer records."])


class InherentRating(Input):
    """How likely and how grave it is, as if the linked controls did nothing.

    Likelihood is told as one step, or by occurrence and harm, from which the method's table gives it.
    """

    likelihood: Place | None = None
    occurrence: Place | None = Field(default=None, description="How likely the event is to occur")
    harm: Place | None = Field(default=None, description="How likely the event, once it occurs, is to do harm")
    impact: Place

    @model_validator(mode="after")
    def _told_one_way(self) -> Self:
        parts = (self.occurrence is not None, self.harm is not None)
        if parts != (self.likelihood is None,) * 2:
            raise ValueError("give either likelihood, or both occurrence and harm")
        return self


class TargetRating(Input):
    """How likely and how grave it shall be after planned treatment."""

    likelihood: Place
    impact: Place


class Answer(Input):
    """A control that answers the risk, and by how many steps it lowers likelihood or impact while it works."""

    control_id: UUID
    effect_on: Factor
    steps: int = Field(ge=1, le=4)


class Link(Input):
    """Something that the risk is about: a criterion, a commitment, or a deviation that was found."""

    kind: LinkKind
    ref: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:() /-]*$")] = Field(
        description="A criterion with its framework; of anything else the id", examples=["soc2:CC6.1"]
    )

    @model_validator(mode="after")
    def _id_of_a_thing(self) -> Self:
        if self.kind != LinkKind.CRITERION:
            self.ref = str(UUID(self.ref))
        return self


Assets = Annotated[
    list[UUID],
    AfterValidator(once_each),
    Field(max_length=100, description="Assets that the event would harm; none that is retired"),
]
Links = Annotated[list[Link], Field(max_length=100)]
Answers = Annotated[
    list[Answer],
    Field(max_length=50, description="A control may be named before this service has heard of it"),
]
Affects = Annotated[
    list[Property],
    Field(max_length=len(Property), description="The properties of information that the event would harm"),
]


class RiskDraft(Input):
    code: Code = Field(examples=["R-01"])
    title: Title = Field(examples=["Former staff keep access"])
    scenario: Scenario
    affects: Affects = Field(default=[], examples=[[Property.CONFIDENTIALITY]])
    category: Category
    owner: PersonRef
    inherent: InherentRating
    target: TargetRating | None = None
    controls: Answers = Field(default=[])
    asset_ids: Assets = Field(default=[])
    links: Links = Field(default=[])
    reason: Prose | None = Field(
        default=None, description="Why it is rated so; kept with the rating", examples=["Two such cases last year."]
    )


class RiskRevision(Input):
    """What to change; members left out stay as they are. `target` may be null: none is aimed at any longer."""

    title: Title | None = None
    scenario: Scenario | None = None
    affects: Affects | None = None
    category: Category | None = None
    owner: PersonRef | None = None
    inherent: InherentRating | None = None
    target: TargetRating | None = None
    controls: Answers | None = None
    asset_ids: Assets | None = None
    links: Links | None = None
    reason: Prose | None = Field(
        default=None,
        description="Why; needed with another inherent or target rating, and kept with the rating",
        examples=["The new tenant doubles the number of accounts."],
    )

    @property
    def takes_target_away(self) -> bool:
        """Whether the target is given as null."""
        return "target" in self.model_fields_set and self.target is None


class RatingOut(BaseModel):
    likelihood: int
    impact: int
    level: str = Field(examples=["moderate"])


class LikelihoodFrom(BaseModel):
    """The steps by which the method's table gave the likelihood."""

    occurrence: int
    harm: int


class AnswerOut(BaseModel):
    control_id: UUID
    effect_on: Factor
    steps: int
    known: bool = Field(description="Whether this service has heard of the control yet")
    code: str | None
    title: str | None
    health: HealthState | None
    retired: bool | None


class AssetNamed(BaseModel):
    """An asset with its present name."""

    id: UUID
    code: str
    title: str


class OverrideInForce(BaseModel):
    """The override that the current rating follows."""

    id: UUID
    likelihood: int
    impact: int
    expires_at: datetime


class RiskOut(BaseModel):
    id: UUID
    code: str
    title: str
    scenario: Scenario
    affects: list[Property]
    category: str
    owner: NamedPerson
    owner_agreed_at: datetime | None = Field(description="Null until the owner has agreed to answer for the risk")
    status: RiskStatus
    treatment: RiskTreatment = Field(
        description="Follows from the acceptance in force, the treatments under way, or closed ones and the controls"
        " while the risk is within its appetite"
    )
    controls: list[AnswerOut]
    assets: list[AssetNamed]
    links: list[Link]
    inherent: RatingOut = Field(description="As if the linked controls did nothing")
    likelihood_from: LikelihoodFrom | None
    computed: RatingOut = Field(description="What the controls in operation leave, by the method's credit rule")
    override: OverrideInForce | None
    current: RatingOut = Field(description="The computed rating, or that of the override in force")
    target: RatingOut | None = Field(description="What is aimed at with planned treatment")
    level_rank: int = Field(description="The place of the current level among the method's, from 1, the lowest")
    appetite: str = Field(description="The highest level that is wanted for this category")
    tolerance: str = Field(description="Above it a risk is treated, or accepted with authority")
    capacity: str = Field(description="Above it a risk is escalated; nobody can accept it")
    standing: RiskStanding
    within_appetite: bool
    reasons: list[str] = Field(
        description="How the current rating was found, a sentence for each control and one for the outcome",
        examples=[["Control AC-01 'Access review' is failing and lowers nothing: Its evidence expired."]],
    )
    method_number: int = Field(description="The method that the rating follows; 0 is the default preset")
    rated_at: datetime
    assessment_id: UUID | None = Field(
        description="The assessment that found the inherent rating; null where somebody revised it since"
    )
    live_treatments: list[UUID] = Field(description="The treatments under way, in the order of their approval")
    acceptance_id: UUID | None = Field(description="The acceptance in force")
    closed_at: datetime | None
    closed_by: ActedBy | None
    close_reason: CloseReason | None
    close_note: str | None
    merged_into: UUID | None = Field(description="The risk that this one is part of now")
    merged_from: list[UUID] = Field(description="Closed risks that are part of this one; their history stays theirs")
    version: int
    created_at: datetime
    updated_at: datetime
