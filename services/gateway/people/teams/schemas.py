from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.people.teams.models import TeamStatus
from shared.http.fields import Input, NamedPerson, PersonRef, Title

People = Annotated[list[PersonRef], Field(max_length=500, examples=[["dana@example.com"]])]


class TeamDraft(Input):
    title: Title = Field(examples=["Platform"])
    people: People = Field(default=[])


class TeamRevision(Input):
    """What to change; members left out stay as they are. `people` replaces all of them."""

    title: Title | None = None
    people: People | None = None


class TeamOut(BaseModel):
    id: UUID
    title: str
    people: list[NamedPerson] = Field(description="Those who have not left, by name")
    status: TeamStatus
    version: int
    created_at: datetime
    updated_at: datetime
