from uuid import UUID

from sqlmodel import Field

from services.gateway.base import Known


class KnownTeamMember(Known, table=True):
    """A person on the team of an engagement, as last heard of. `released` when they are not on it any longer."""

    __tablename__ = "known_team_members"

    id: UUID = Field(primary_key=True)
    engagement_id: UUID
    client_id: UUID
    person_id: UUID
    role: str
    independence: str
    released: bool
    version: int
