from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.controls.policies.policy_campaigns.models import CampaignStatus
from shared.http.fields import ActedBy, Day, Input, PersonRef, Prose, Title


class Audience(Input):
    """Who is asked: these people, everyone in these teams, or everyone in the directory who has not left.

    Who is named twice counts once. Who comes to a team or to the organisation later is asked when people are added.
    """

    people: list[PersonRef] = Field(default=[], max_length=1000, examples=[["dana@example.com", "kim@example.com"]])
    teams: list[UUID] = Field(default=[], max_length=100)
    everyone: bool = False

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not (self.people or self.teams or self.everyone):
            raise ValueError("name people or teams, or ask everyone")
        return self


ReminderDays = Annotated[
    list[Annotated[int, Field(ge=0, le=365)]],
    Field(max_length=20, description="How many days before the due date people are reminded"),
]


class PolicyCampaignDraft(Input):
    """Ask people to acknowledge a published version."""

    version_id: UUID
    title: Title = Field(examples=["Access control policy, 2026"])
    due_on: Day = Field(description="The last day on which it is acknowledged in time, in UTC; today or later")
    reminder_days: ReminderDays = Field(default=[14, 7, 1])
    audience: Audience


class PolicyCampaignRevision(Input):
    """What to change of an open campaign; members left out stay."""

    title: Title | None = None
    due_on: Day | None = None
    reminder_days: ReminderDays | None = None


class CampaignClosure(Input):
    """Why a campaign ends with people outstanding."""

    reason: Prose = Field(examples=["The version of June takes the place of this one."])


class PolicyCampaignOut(BaseModel):
    id: UUID
    policy_id: UUID
    policy_code: str
    version_id: UUID
    number: int = Field(description="Of the version")
    title: str
    due_on: date
    reminder_days: list[int]
    next_reminder_on: date | None
    status: CampaignStatus
    overdue: bool = Field(description="As of the day asked for")
    people: int
    acknowledged: int
    excused: int
    outstanding: int
    started_by: ActedBy
    ended_by: ActedBy | None
    ended_at: datetime | None
    closing_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
