from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.judgement.opinions.models import OpinionStatus
from services.audit.wording.contents import OpinionKind, SubjectMatter
from shared.http.fields import ActedBy, Input, Prose, Title


class OpinionDraft(Input):
    """What is decided, on each subject matter by itself. It is not filled in from the proposal."""

    subjects: dict[SubjectMatter, OpinionKind] = Field(
        min_length=2, max_length=3, examples=[{"description": "unmodified", "design": "unmodified"}]
    )
    reason: Prose = Field(examples=["Sufficient evidence was obtained; no matter is material."])
    departure: Prose | None = Field(default=None, description="Required when it is other than proposed: why")
    city: Title = Field(examples=["Denver"], description="Where the firm signs")
    state: Title = Field(examples=["Colorado"])


class ProposedSubject(BaseModel):
    subject: SubjectMatter
    kind: OpinionKind
    because: list[str] = Field(description="The conclusions that it follows from, with their reasons")


class OpinionProposal(BaseModel):
    """What follows from the conclusions on the subject matters, for the firm to decide on."""

    engagement_id: UUID
    kind: OpinionKind = Field(description="The gravest of them")
    subjects: list[ProposedSubject]


class SignedAs(BaseModel):
    """The firm in whose name the report is signed."""

    name: str
    city: str
    state: str


class OpinionOut(BaseModel):
    id: UUID
    engagement_id: UUID
    kind: OpinionKind
    subjects: dict[SubjectMatter, OpinionKind]
    proposed: dict[SubjectMatter, OpinionKind]
    reason: str
    departure: str | None
    signed_as: SignedAs
    rests_on: list[UUID] = Field(description="The conclusions on the subject matters")
    status: OpinionStatus
    decided_by: ActedBy = Field(description="The licensed person who decided")
    version: int
    created_at: datetime
    updated_at: datetime
