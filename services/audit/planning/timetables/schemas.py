from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.planning.timetables.rules import Stage


class StageOut(BaseModel):
    """How many days a stage takes. Null: one of its two milestones is not planned, or not reached."""

    stage: Stage = Field(
        description="preparation: kickoff to fieldwork_start. fieldwork: to fieldwork_end. reporting: from there to"
        " report_issued. whole: kickoff to report_issued"
    )
    planned_days: int | None = Field(description="By the first plan")
    due_days: int | None = Field(description="By the plan as revised since")
    actual_days: int | None = Field(description="In fact")
    over_plan_days: int | None = Field(description="How many days longer than first planned; negative when shorter")


class ComparedStageOut(StageOut):
    """A stage, and the same one in the latest earlier engagement in which it came to its end."""

    earlier_engagement_id: UUID | None
    earlier_days: int | None
    over_earlier_days: int | None = Field(description="How many days longer than then; negative when shorter")


class EarlierOut(BaseModel):
    """An engagement of the same kind whose period, or date, ended earlier."""

    id: UUID
    title: str
    programme_id: UUID | None
    last_day: date = Field(description="Of the period; the as-of date of a Type 1")
    stages: list[StageOut]


class TimetableOut(BaseModel):
    """How long an engagement takes, against its plan and against the earlier ones of its kind."""

    engagement_id: UUID
    stages: list[ComparedStageOut]
    earlier: list[EarlierOut] = Field(description="The latest ten, latest first")
