from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.controls.programmes.scope_decisions.models import DecisionStatus, Ground
from shared.http.batches import Answered
from shared.http.fields import ActedBy, Code, Input, Prose

# A reference within the framework that the programme pins, such as `CC6.4`, `A.7.4` or `AC-2(1)`.
Ref = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._()/-]{0,79}$"),
    Field(examples=["CC6.4"], description="A reference within the framework that the programme pins"),
]
Grounds = Annotated[list[Ground], Field(max_length=4, description="What makes it relevant; empty when it is not")]
Risks = Annotated[
    list[Code], Field(max_length=50, examples=[["R-01"]], description="Codes of the risks that it helps to treat")
]


class ScopeDecisionTerms(Input):
    """Whether one requirement is relevant, and why."""

    requirement: Ref
    relevant: bool
    reason: Prose = Field(
        examples=["All systems run at a cloud provider; the organisation has no data centre of its own."],
        description="For what is not relevant in a SOC 2 it stands in the system description (DC 200, DC8)",
    )
    grounds: Grounds = Field(default=[])
    risks: Risks = Field(default=[])


class DecisionDraft(ScopeDecisionTerms):
    programme_id: UUID


class DecisionBatch(Input):
    """Up to 1,000 decisions of one programme. With `atomic` all of them are taken or none."""

    programme_id: UUID
    atomic: bool = False
    decisions: list[ScopeDecisionTerms] = Field(min_length=1, max_length=1000)


class DecisionRevision(Input):
    """What to change; members left out stay as they are. An approved one has to be approved again."""

    reason: Prose | None = None
    grounds: Grounds | None = None
    risks: Risks | None = None


class DecisionOut(BaseModel):
    id: UUID
    programme_id: UUID
    requirement: str = Field(examples=["CC6.4"])
    relevant: bool
    reason: str
    grounds: list[Ground]
    risks: list[str]
    status: DecisionStatus
    author: ActedBy = Field(description="Who wrote it; someone else approves that a requirement is not relevant")
    approver: ActedBy | None
    in_force_since: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class DecisionBatchOut(BaseModel):
    written: int
    refused: int
    results: list[Answered] = Field(description="In the order of the batch")
