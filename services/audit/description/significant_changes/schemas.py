from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.description.described_engagements.models import DescribedStatus
from shared.http.fields import Day, Input, Prose, Title

ChangeTitle = Annotated[Title, Field(examples=["Move to another data centre"])]
ChangeText = Annotated[
    Prose,
    Field(
        examples=["Production moved from Frankfurt to Dublin; physical access is now controlled by the new provider."],
        description="What was before, what is now, and which commitments and controls it matters to",
    ),
]


class SignificantChangeDraft(Input):
    """A significant change of the system or its controls in the period (DC 200, DC9; Type 2 only)."""

    title: ChangeTitle
    text: ChangeText
    changed_on: Day = Field(description="The UTC day from which on the system was as changed")


class SignificantChangeRevision(Input):
    """What to change; members left out stay as they are."""

    title: ChangeTitle | None = None
    text: ChangeText | None = None
    changed_on: Day | None = None


class SignificantChangeOut(BaseModel):
    id: UUID
    engagement_id: UUID
    title: str
    text: str
    changed_on: date
    status: DescribedStatus
    version: int
    created_at: datetime
    updated_at: datetime
