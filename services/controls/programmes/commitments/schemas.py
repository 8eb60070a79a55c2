from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.programmes.commitments.models import CommitmentKind, CommitmentSource, CommitmentStatus
from services.controls.programmes.scope_decisions.schemas import Ref
from shared.http.fields import Input, Prose, Title

CommitmentText = Annotated[Prose, Field(examples=["The service is available 99.9 % of each month."])]
SourceReference = Annotated[
    Title | None,
    Field(examples=["Master service agreement, section 4.2"], description="Where in the source it stands"),
]
Criteria = Annotated[
    list[Ref],
    Field(
        min_length=1,
        max_length=200,
        examples=[["A1", "CC7.5"]],
        description="The criteria in the programme's scope by which it is judged whether it is met. A group stands for"
        " all of its criteria in scope",
    ),
]


class CommitmentDraft(Input):
    """A service commitment or system requirement of a SOC 2 programme (DC 200, DC2)."""

    kind: CommitmentKind
    text: CommitmentText
    source: CommitmentSource
    source_reference: SourceReference = None
    criteria: Criteria


class CommitmentRevision(Input):
    """What to change; members left out stay as they are."""

    kind: CommitmentKind | None = None
    text: CommitmentText | None = None
    source: CommitmentSource | None = None
    source_reference: SourceReference = None
    criteria: Criteria | None = None


class CommitmentWithdrawal(Input):
    """Why it is no commitment any longer."""

    reason: Prose = Field(examples=["The contracts of 2026 promise 99.95 %."])


class CommitmentOut(BaseModel):
    id: UUID
    programme_id: UUID
    kind: CommitmentKind
    text: str
    source: CommitmentSource
    source_reference: str | None
    criteria: list[str] = Field(
        examples=[["A1.1", "A1.2", "A1.3"]],
        description="In the framework's order. One that is no longer in the programme's scope does not count",
    )
    status: CommitmentStatus
    version: int
    created_at: datetime
    updated_at: datetime
