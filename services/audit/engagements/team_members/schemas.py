from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.team_members.models import Independence
from shared.http.fields import ActedBy, Input, NamedPerson, PersonRef, Prose
from shared.identity.team_roles import TeamRole


class TeamMemberDraft(Input):
    """A person of the auditing party, and their role on the team."""

    person: PersonRef
    role: TeamRole


class TeamMemberRevision(Input):
    """Another role, in which independence is confirmed anew."""

    role: TeamRole


class IndependenceConfirmation(Input):
    """What the person confirms, in their own words or the firm's."""

    statement: Prose = Field(
        examples=[
            "I have no financial interest in the client, no relation with its management, and did no work for it."
        ]
    )


class IndependenceWithdrawal(Input):
    """Why the person is no longer independent of the client."""

    reason: Prose = Field(examples=["My spouse joined the client's finance department."])


class TeamMemberRelease(Input):
    """Why the person is no longer on the team."""

    reason: Prose = Field(examples=["Moved to another engagement."])


class Confirmation(BaseModel):
    statement: str
    by: ActedBy
    at: datetime


class TeamMemberOut(BaseModel):
    id: UUID
    engagement_id: UUID
    person: NamedPerson = Field(description="With the name when they were assigned")
    role: TeamRole
    independence: Independence
    confirmation: Confirmation | None
    released_at: datetime | None = Field(description="When the person left the team")
    version: int
    created_at: datetime
    updated_at: datetime
