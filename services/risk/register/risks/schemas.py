from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.register.risks.models import Factor, Treatment
from services.risk.terms.method_terms.schemas import MOST_STEPS, Category
from shared.events.catalogue.controls import HealthState
from shared.http.fields import Code, Input, NamedPerson, PersonRef, Prose, Title

Place = Annotated[int, Field(ge=1, le=MOST_STEPS, description="A step of the method's scale, from 1")]


class Scenario(Input):
    """What could happen: who or what brings it about, what happens, and what comes of it."""

    source: Prose = Field(examples=["A former employee"])
    event: Prose = Field(examples=["signs in with an account that was not closed"])
    consequence: Prose = Field(examples=["and copies customer records."])


class InherentRating(Input):
    """How likely and how grave it is without any control."""

    likelihood: Place
    impact: Place


class Answer(Input):
    """A control that answers the risk, and by how many steps it lowers likelihood or impact while it works."""

    control_id: UUID
    effect_on: Factor
    steps: int = Field(ge=1, le=4)


Answers = Annotated[
    list[Answer],
    Field(max_length=50, description="A control may be named before this service has heard of it"),
]


class RiskDraft(Input):
    code: Code = Field(examples=["R-01"])
    title: Title = Field(examples=["Former staff keep access"])
    scenario: Scenario
    category: Category
    owner: PersonRef
    inherent: InherentRating
    controls: Answers = Field(default=[])
    treatment: Treatment = Treatment.MITIGATE


class RiskRevision(Input):
    """What to change; members left out stay as they are."""

    title: Title | None = None
    scenario: Scenario | None = None
    category: Category | None = None
    owner: PersonRef | None = None
    inherent: InherentRating | None = None
    controls: Answers | None = None
    treatment: Treatment | None = None


class RatingOut(BaseModel):
    likelihood: int
    impact: int
    level: str = Field(examples=["moderate"])


class AnswerOut(BaseModel):
    control_id: UUID
    effect_on: Factor
    steps: int
    known: bool = Field(description="Whether this service has heard of the control yet")
    code: str | None
    title: str | None
    health: HealthState | None
    retired: bool | None


class RiskOut(BaseModel):
    id: UUID
    code: str
    title: str
    scenario: Scenario
    category: str
    owner: NamedPerson
    treatment: Treatment
    controls: list[AnswerOut]
    inherent: RatingOut
    residual: RatingOut
    level_rank: int = Field(description="The place of the residual level among the method's, from 1, the lowest")
    appetite: str = Field(description="The highest level accepted for this category")
    within_appetite: bool
    reasons: list[str] = Field(
        examples=[["Control AC-01 'Access review' is failing and lowers nothing: Its evidence expired."]]
    )
    rated_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime
