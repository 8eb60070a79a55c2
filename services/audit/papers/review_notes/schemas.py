from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.papers.review_notes.models import NoteStatus
from shared.http.fields import ActedBy, Input, Prose


class ReviewNoteDraft(Input):
    """What is asked of the paper."""

    text: Prose = Field(examples=["E3 shows the approval of another change. Which item does it belong to?"])


class ReviewNoteAnswer(Input):
    """What was done about it, or why nothing is."""

    text: Prose = Field(examples=["Corrected: the approval is on page 2 of E4."])


class SaidAt(BaseModel):
    text: str
    by: ActedBy
    at: datetime


class NoteClearance(BaseModel):
    by: ActedBy
    at: datetime


class ReviewNoteOut(BaseModel):
    id: UUID
    engagement_id: UUID
    paper_id: UUID
    edition: int = Field(description="Of the paper, when the note was raised")
    text: str
    status: NoteStatus
    raised_by: ActedBy
    answer: SaidAt | None
    clearance: NoteClearance | None
    version: int
    created_at: datetime
    updated_at: datetime
