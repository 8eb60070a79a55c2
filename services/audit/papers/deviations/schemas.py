from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from services.audit.engagements.candidates.models import DeviationKind
from services.audit.papers.deviations.models import DeviationPattern, DeviationStatus
from shared.http.fields import ActedBy, Day, Input, Prose, once_each


class DeviationDraft(Input):
    """What deviated. `sample_item_ids` are the items of the paper's sample that deviate in this way."""

    kind: DeviationKind
    nature: Prose = Field(examples=["Two changes were deployed before they were approved."])
    sample_item_ids: Annotated[list[UUID], Field(max_length=2000), AfterValidator(once_each)] = Field(
        default_factory=list, description="Required of a paper with a sample, but for a deviation of the design"
    )


class AnalysisDraft(Input):
    """Nature, cause and extent of a deviation, as the firm finds them.

    What may have been done on purpose is never an isolated instance: it bears on the integrity of people (AT-C 205).
    """

    cause: Prose = Field(examples=["The approver was on leave, and no deputy was named."])
    pattern: DeviationPattern
    intentional: bool = Field(description="Whether somebody may have acted on purpose; the engagement partner is told")
    extent: Prose = Field(examples=["Changes of the mobile team in the two weeks of the leave."])
    first_day: Day | None = Field(default=None, description="Of the days that it concerns, where these are known")
    last_day: Day | None = Field(default=None, description="Included")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.intentional and self.pattern == DeviationPattern.ISOLATED:
            raise ValueError("what may be intentional is not isolated")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError("last_day must not be before first_day")
        return self


class DeviationConclusion(Input):
    """What the deviation means for the control."""

    text: Prose = Field(examples=["The control operated effectively but for these two weeks."])


class DeviationRetraction(Input):
    """Why it was recorded in error."""

    reason: Prose = Field(examples=["The approval was found: it was given in the ticket that this one followed."])


class DeviationAnalysis(BaseModel):
    cause: str
    pattern: DeviationPattern
    intentional: bool
    extent: str
    first_day: date | None
    last_day: date | None
    by: ActedBy
    at: datetime


class DeviationJudged(BaseModel):
    text: str
    by: ActedBy
    at: datetime


class DeviationRetractedBy(BaseModel):
    reason: str
    by: ActedBy
    at: datetime


class DeviationOut(BaseModel):
    id: UUID
    engagement_id: UUID
    control_id: UUID
    control_code: str
    paper_id: UUID | None = Field(description="Null where no paper tests the control")
    sample_item_ids: list[UUID]
    candidate_id: UUID | None = Field(description="The candidate that was confirmed as this deviation")
    request_id: UUID | None = Field(description="The request for what was not available, where that is the deviation")
    kind: DeviationKind
    nature: str
    status: DeviationStatus
    recorded_by: ActedBy
    analysis: DeviationAnalysis | None
    conclusion: DeviationJudged | None
    retraction: DeviationRetractedBy | None
    version: int
    created_at: datetime
    updated_at: datetime
