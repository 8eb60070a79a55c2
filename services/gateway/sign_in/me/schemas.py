from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.sign_in.tokens.schemas import OrganisationChoice
from shared.http.fields import NamedPerson
from shared.identity.permissions import Permission
from shared.identity.roles import Role


class CallerKind(StrEnum):
    """A member signs in by a trusted issuer, a client by its secret."""

    MEMBER = "member"
    CLIENT = "client"


class MeOut(BaseModel):
    kind: CallerKind
    id: UUID = Field(description="The member's or API client's id")
    title: str | None = Field(description="Of an API client")
    person: NamedPerson | None = Field(description="Whose acts count: the member, or who is responsible for the client")
    organisation: OrganisationChoice
    roles: list[Role]
    ends_at: datetime | None = Field(description="When the membership ends, if it does")
    engagement_id: UUID | None = Field(description="The engagement that the token is for, if it is for one")
    permissions: list[Permission] = Field(description="What this token permits; its scope may have narrowed the roles'")
