from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.register.risks.schemas import RatingOut


class ComparedDirection(StrEnum):
    """What became of a risk since another assessment."""

    ENTERED = "entered"
    LEFT = "left"
    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNDECIDED = "undecided"  # not rated yet in one of the two
    NOT_COMPARABLE = "not_comparable"  # rated by different methods


class AssessedThen(BaseModel):
    """What an assessment found of a risk."""

    inherent: RatingOut
    current: RatingOut


class ComparedRisk(BaseModel):
    risk_id: UUID
    risk_code: str
    risk_title: str
    before: AssessedThen | None
    after: AssessedThen | None
    inherent: ComparedDirection = Field(description="By the level of the inherent rating")
    current: ComparedDirection = Field(description="By the level that the controls left")


class AssessmentComparison(BaseModel):
    """An assessment beside an earlier one."""

    assessment_id: UUID
    with_id: UUID | None = Field(description="The assessment compared with; null where none was completed before")
    with_title: str | None
    inherent: dict[ComparedDirection, int] = Field(description="How many risks went which way, by their inherent level")
    current: dict[ComparedDirection, int] = Field(description="Likewise by the current level")
    risks: list[ComparedRisk]
