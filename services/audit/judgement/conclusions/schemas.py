from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.judgement.conclusions.models import ConclusionAbout, ConclusionStatus, ConclusionVerdict
from services.audit.judgement.matters.schemas import MatterDraft, MatterOut
from shared.http.fields import ActedBy, Input, Prose


class ConclusionDraft(Input):
    """What a person concludes. Nothing is filled in."""

    about: ConclusionAbout
    ref: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f]+$")] = Field(
        examples=["soc2:CC6.2"],
        description="A criterion as `framework:ref`, the id of a commitment, or `description`, `design`, `operation`",
    )
    verdict: ConclusionVerdict
    reason: Prose = Field(examples=["Two late approvals, isolated; the review of deployments found each of them."])
    matters: list[MatterDraft] = Field(
        default_factory=list,
        max_length=50,
        description="Of a subject matter whose conclusion is not unmodified, and required there: what the report says",
    )


class ConclusionOut(BaseModel):
    id: UUID
    engagement_id: UUID
    about: ConclusionAbout
    ref: str
    verdict: ConclusionVerdict
    reason: str
    matters: list[MatterOut] = Field(description="What modifies the opinion on the subject matter")
    rests_on: dict[str, int] = Field(description="Papers with their editions, and what else it rests on, by id")
    status: ConclusionStatus
    concluded_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime


class ToConclude(BaseModel):
    """Something that has to be concluded, and what stands against it."""

    about: ConclusionAbout
    ref: str
    text: str | None = Field(description="Of a commitment")
    concluded: bool
    open: list[str] = Field(description="What has to be there before it can be concluded; empty when nothing has")


class JudgementOut(BaseModel):
    """All that is concluded on in an engagement, from the criteria upwards."""

    engagement_id: UUID
    items: list[ToConclude]
