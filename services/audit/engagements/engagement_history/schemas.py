from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.catalogue.history import RecordStatus


class EngagementRecordOut(BaseModel):
    """What was told of an earlier day about controls in scope, as the engagement sees it."""

    id: UUID = Field(description="The historical record's id: `/v1/historical-records/{id}` says who and by what")
    kind: str = Field(examples=["approval"], description="What was done; there may be more kinds than a client knows")
    code: str = Field(examples=["AC-01"], description="Of the control or policy it is about")
    control_ids: list[UUID] = Field(description="The controls that it concerns, in scope or not")
    status: RecordStatus
    effective_on: date = Field(description="The day on which it was done")
    recorded_at: datetime = Field(description="When it came into Attest")
    decided_at: datetime | None = Field(description="When it was accepted, and has had its effect since; or refused")
    in_period: bool = Field(description="Whether that day is in the period of the engagement, or is its as-of date")
    after_freeze: bool = Field(
        description="Whether it was decided on, or recorded if nobody has decided, after fieldwork began: the scope was"
        " frozen then, and what the firm sees has changed since"
    )
