from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.judgement.areas_of_concern.models import ConcernStatus
from shared.http.fields import ActedBy, Input, Prose

Requirement = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$", examples=["iso27001:9.3.2"])
]


class ConcernDraft(Input):
    """What stage 1 noted: the requirement, what could become a nonconformity, and what shows it."""

    requirement: Requirement
    statement: Prose = Field(examples=["The management review of this year is planned for after stage 2."])
    evidence: Prose = Field(examples=["Plan of management reviews, version 2."])


class ConcernAnswer(Input):
    """What the auditee has done about it, with the evidence by ids."""

    text: Prose = Field(examples=["The management review was held on March 4."])
    evidence_item_ids: list[UUID] = Field(default_factory=list, max_length=100)


class ConcernClearance(Input):
    """What shows that it is resolved."""

    reason: Prose = Field(examples=["The minutes of the management review cover all inputs of 9.3.2."])


class ConcernAnswerOut(BaseModel):
    text: str
    evidence_item_ids: list[UUID]


class ConcernStep(BaseModel):
    step: str
    reason: str | None
    by: ActedBy
    at: datetime


class ConcernOut(BaseModel):
    id: UUID
    engagement_id: UUID = Field(description="The stage 1 that noted it")
    number: int = Field(description="Counts the areas of concern of the engagement, from 1")
    requirement: str
    statement: str
    evidence: str
    status: ConcernStatus
    answer: ConcernAnswerOut | None = Field(description="What the auditee said last")
    nonconformity_id: UUID | None = Field(description="The nonconformity of stage 2 that it became")
    history: list[ConcernStep] = Field(description="Every step, oldest first")
    version: int
    created_at: datetime
    updated_at: datetime
