from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.assessments.assessed_risks.models import AssessedRiskStatus, DriftCode
from services.risk.register.risks.models import Factor
from services.risk.register.risks.schemas import InherentRating, LikelihoodFrom, RatingOut
from shared.events.catalogue.controls import HealthState
from shared.events.catalogue.risk import RiskStanding
from shared.http.fields import ActedBy, Input, NamedPerson, Prose


class ParticipantRating(Input):
    """How likely and how grave the risk is, as if the linked controls did nothing, and why."""

    inherent: InherentRating
    comment: Prose = Field(examples=["Two former employees still had access in the last quarter."])


class DisputeResolution(Input):
    """What a disputed risk is rated, and why."""

    inherent: InherentRating
    reason: Prose = Field(examples=["The cases of the last quarter count more than the plan to change the process."])


class GivenRating(BaseModel):
    """The steps of a rating that somebody gave."""

    likelihood: int
    impact: int
    likelihood_from: LikelihoodFrom | None
    by: ActedBy
    at: datetime


class ParticipantRatingOut(GivenRating):
    """A participant's rating; the last one of each counts."""

    comment: str


class DisputeResolutionOut(GivenRating):
    """How a dispute was resolved."""

    reason: str


class FrozenAnswer(BaseModel):
    """A control of the risk as it was at the start."""

    control_id: UUID
    effect_on: Factor
    steps: int
    code: str | None
    title: str | None
    health: HealthState | None = Field(description="Null for a control of which nothing was known")
    retired: bool
    in_operation: bool


class RiskAtStart(BaseModel):
    """The risk as it was when the scope was frozen."""

    risk_version: int
    inherent: RatingOut
    current: RatingOut
    target: RatingOut | None
    level_rank: int
    standing: RiskStanding
    overridden: bool = Field(description="Whether an override was in force, which the current rating followed")
    controls: list[FrozenAnswer]


class AssessedResult(BaseModel):
    """What was agreed, and what the controls leave of it by their health at the start."""

    inherent: RatingOut
    likelihood_from: LikelihoodFrom | None
    current: RatingOut = Field(description="By the method's credit rule, without any override")
    inherent_rank: int = Field(description="The place of the inherent level among the method's, from 1, the lowest")
    level_rank: int = Field(description="Likewise of the current level")
    standing: RiskStanding


class DriftChange(BaseModel):
    """Something that moved since the scope was frozen."""

    code: DriftCode
    text: str = Field(examples=["Control AC-01 was healthy and is failing."])


class AssessedRiskOut(BaseModel):
    id: UUID
    assessment_id: UUID
    risk_id: UUID
    risk_code: str
    risk_title: str
    category: str
    owner: NamedPerson = Field(description="Who owned the risk at the start")
    frozen: RiskAtStart = Field(description="The risk at the start; to an auditor with the controls in the scope")
    status: AssessedRiskStatus
    ratings: list[ParticipantRatingOut] = Field(
        description="Empty to an auditor where a control of the risk is outside the scope"
    )
    resolution: DisputeResolutionOut | None = Field(
        description="Null to an auditor where a control of the risk is outside the scope"
    )
    result: AssessedResult | None
    applied: bool | None = Field(description="Null before the completion; false for a risk that was closed by then")
    drift: list[DriftChange] = Field(
        description="What had moved at the completion; before it, `drift` of the assessment tells. Empty to an auditor"
        " where a control of the risk is outside the scope"
    )
    version: int
    created_at: datetime
    updated_at: datetime
