from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.controls.policies.policy_campaigns.models import CampaignStatus
from shared.http.fields import Day, Input, Owner, Prose, Title


def once_each(people: list[str]) -> list[str]:
    """Everyone once and in lower case, in the order of their first mention: lists of people hold some twice."""
    return list(dict.fromkeys(person.lower() for person in people))


Audience = Annotated[
    list[Owner],
    Field(
        min_length=1,
        max_length=10_000,
        examples=[["dana@example.com", "kim@example.com"]],
        description="E-mail addresses of members, or actors as the trail names them; who is named twice counts once",
    ),
    AfterValidator(once_each),
]
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


class AudienceExtension(Input):
    """More people, as those who have joined meanwhile. Who is asked already stays as they are."""

    people: Audience


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
    started_by: str
    ended_by: str | None
    ended_at: datetime | None
    closing_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
