from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import Day, Input, Owner, Prose, Title

EvidenceIds = Annotated[list[UUID], Field(max_length=50, description="Items of the evidence service that show it")]


class CorrectiveAction(Input):
    """One step of the correction."""

    title: Title = Field(examples=["Deprovisioning is triggered by the HR system"])
    owner: Owner
    starts_on: Day | None = None
    due_on: Day
    done_on: Day | None = Field(default=None, description="Null while it is not done")


class IssuePlan(Input):
    """Root cause and corrective action (ISO/IEC 27001:2022, 10.2 a to d)."""

    root_cause: Prose = Field(examples=["Leavers were reported by mail, and nobody read it during the move."])
    containment: Prose | None = Field(
        default=None, examples=["Both accounts were disabled on the day."], description="What was done at once"
    )
    similar: Prose | None = Field(
        default=None,
        examples=["All other systems were compared with the HR list; nothing was found."],
        description="Whether the same is the case elsewhere, or could be",
    )
    actions: list[CorrectiveAction] = Field(min_length=1, max_length=50)


class IssuePlanOut(BaseModel):
    root_cause: str
    containment: str | None
    similar: str | None
    actions: list[CorrectiveAction]
    by: str
    at: datetime


class ResolutionDraft(Input):
    """The claim that the issue is corrected."""

    statement: Prose = Field(examples=["The trigger is live since 1 August; both accounts are gone."])
    evidence_ids: EvidenceIds = Field(default=[])


class ResolutionOut(BaseModel):
    statement: str
    evidence_ids: list[UUID]
    by: str
    at: datetime


class Effectiveness(StrEnum):
    """What the check of a correction found."""

    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"


class EffectivenessCheckDraft(Input):
    """Whether the correction works (ISO/IEC 27001:2022, 10.2 e): looked at by someone who did not claim it."""

    outcome: Effectiveness
    method: Prose = Field(examples=["Ten leavers of August compared with the accounts of all systems."])
    conclusion: Prose = Field(examples=["All ten were deprovisioned within a day."])
    evidence_ids: EvidenceIds = Field(default=[])


class EffectivenessCheckOut(BaseModel):
    outcome: Effectiveness
    method: str
    conclusion: str
    evidence_ids: list[UUID]
    by: str
    at: datetime
