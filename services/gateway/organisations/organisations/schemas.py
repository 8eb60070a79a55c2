from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import Input, Title


class OrganisationDraft(Input):
    title: Title = Field(examples=["Example Cloud GmbH"])


class OrganisationOut(BaseModel):
    id: UUID
    title: str
    version: int
    created_at: datetime
    updated_at: datetime


class Credentials(BaseModel):
    """What the first administrator's program needs to get a token. The secret is shown this once."""

    client_id: UUID
    client_secret: str = Field(examples=["attest_…"])


class OrganisationFoundedOut(BaseModel):
    organisation: OrganisationOut
    admin: Credentials
