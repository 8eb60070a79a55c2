from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.planning.milestones.models import MilestoneKind, MilestoneStatus
from shared.http.fields import ActedBy, Day, Input, NamedPerson, PersonRef, Prose, Title

MilestoneTitle = Annotated[
    Title | None,
    Field(
        examples=["Penetration test report received"], description="Required for a custom one; else that of its kind"
    ),
]


class MilestoneDraft(Input):
    """A milestone of an engagement, who answers for it, and the day on which it is planned."""

    kind: MilestoneKind
    title: MilestoneTitle = None
    owner: PersonRef
    planned_on: Day


class MilestoneRevision(Input):
    """What to change; members left out stay as they are. The day is changed by a plan revision, with a reason."""

    title: Title | None = None
    owner: PersonRef | None = None


class PlanRevisionDraft(Input):
    """The day on which it is due instead, and why."""

    due_on: Day
    reason: Prose = Field(examples=["The firm's team is available a week later."])


class CompletionDraft(Input):
    """The day on which it was reached."""

    done_on: Day


class Reopening(Input):
    """Why it has not been reached after all."""

    reason: Prose = Field(examples=["The walkthroughs were not finished."])


class MilestoneWithdrawal(Input):
    """Why it is none any longer."""

    reason: Prose = Field(examples=["The firm issues no draft."])


class PlanRevisionOut(BaseModel):
    """That the plan was revised: what was due before and after, and why."""

    due_before: date
    due_on: date
    reason: str
    by: ActedBy
    at: datetime


class MilestoneOut(BaseModel):
    id: UUID
    engagement_id: UUID
    kind: MilestoneKind
    title: str
    owner: NamedPerson
    planned_on: date = Field(description="The day of the first plan")
    due_on: date = Field(description="The day of the plan as revised since")
    done_on: date | None = Field(
        description="The day on which it was reached. The engagement's phases show it of scope_frozen, fieldwork_start"
        " and report_issued"
    )
    plan_revisions: list[PlanRevisionOut] = Field(description="Oldest first")
    status: MilestoneStatus
    late: bool = Field(description="Reached, or still open, after the day on which it was due")
    late_days: int = Field(description="Days from when it was due until it was reached, or until now; 0 in time")
    slipped_days: int = Field(
        description="Days from the first plan until it was reached, or until it is due; negative when earlier"
    )
    version: int
    created_at: datetime
    updated_at: datetime
