from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.access.api_clients.models import ClientStatus
from services.gateway.roles import Roles
from shared.http.fields import Input, Instant, NamedPerson, PersonRef, Prose, Title
from shared.identity.roles import Role


class ApiClientDraft(Input):
    title: Title = Field(examples=["Evidence collector"])
    roles: Roles
    responsible: PersonRef | None = Field(
        default=None, description="Whose acts the program's acts count as: the caller's own, if left out"
    )


class ClientHandover(Input):
    """Who is responsible for a program from now on, and why."""

    to: PersonRef
    reason: Prose


class SecretDraft(Input):
    expires_at: Instant | None = Field(default=None, description="When it stops working by itself; never if left out")


class ApiClientOut(BaseModel):
    id: UUID = Field(description="The OAuth `client_id`")
    title: str
    responsible: NamedPerson | None = Field(description="Null for the operator's own client only")
    roles: list[Role]
    status: ClientStatus
    version: int
    created_at: datetime
    updated_at: datetime


class ApiClientRegisteredOut(ApiClientOut):
    client_secret: str = Field(examples=["attest_…"], description="Shown this once; only its digest is kept")


class SecretOut(BaseModel):
    id: UUID
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="Right to the hour")
    updated_at: datetime


class SecretIssuedOut(SecretOut):
    client_secret: str = Field(examples=["attest_…"], description="Shown this once; only its digest is kept")
