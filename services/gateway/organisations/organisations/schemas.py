from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from shared.events.catalogue.firms import FirmKind
from shared.http.fields import Email, Input, NamedPerson, Prose, Title


class FirstAdministrator(Input):
    """The person who administers an organisation from its first day, and is responsible for its first API client."""

    name: Title = Field(examples=["Dana Duarte"])
    email: Email = Field(examples=["dana@example.com"])


class OrganisationDraft(Input):
    title: Title = Field(examples=["Example Cloud GmbH"])
    audit_firm: FirmKind | None = Field(
        default=None,
        description="Of which kind it is where it is an audit firm, which examines others; a company when left out."
        " It stays what it is founded as",
    )
    administrator: FirstAdministrator


class OrganisationRevision(Input):
    title: Title = Field(examples=["Example Cloud GmbH"])


class StorageQuotaDraft(Input):
    """How many bytes of files the organisation may keep."""

    quota_bytes: int | None = Field(
        ge=0,
        le=2**60,
        description="null for the limit that all organisations of this installation have",
        examples=[500 * 1024**3],
    )
    reason: Prose = Field(examples=["The contract of 1 July grants 500 GiB."])


class StorageQuotaOut(BaseModel):
    """The operator's limit for the files of an organisation."""

    organisation_id: UUID
    quota_bytes: int | None


class OrganisationOut(BaseModel):
    id: UUID
    title: str
    storage_quota_bytes: int | None = Field(
        description="How many bytes of files the operator lets it keep; null for the limit that all have."
        " `GET /v1/storage` tells what is used and left"
    )
    version: int
    created_at: datetime
    updated_at: datetime


class Credentials(BaseModel):
    """What the first administrator's program needs to get a token. The secret is shown this once."""

    client_id: UUID
    client_secret: str = Field(examples=["attest_…"])


class OrganisationFoundedOut(BaseModel):
    organisation: OrganisationOut
    administrator: NamedPerson
    admin: Credentials
