from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.integrations.sending.endpoint_secrets.models import SignatureScheme
from services.integrations.sending.endpoints.models import DisabledFor, EndpointStatus
from shared.http.fields import Input, Instant, NamedPerson, PersonRef, Prose, Title

EndpointUrl = Annotated[
    str,
    StringConstraints(max_length=2000, pattern=r"^https?://[\x21-\x7e]+$"),
    Field(
        description="Where to deliver: https, on port 443 or 8443; inside networks that the operator allows also http",
        examples=["https://hooks.example.com/attest"],
    ),
]
TypePattern = Annotated[
    str,
    StringConstraints(max_length=100, pattern=r"^(\*|[a-z_]+(\.[a-z_]+){2}|[a-z_]+(\.[a-z_]+)?\.\*)$"),
    Field(examples=["controls.health.*"]),
]
Types = Annotated[
    list[TypePattern],
    Field(
        min_length=1,
        max_length=50,
        description="Types of events, as the AsyncAPI contract names them: `controls.health.failing`,"
        " `controls.health.*`, `controls.*`, or `*`",
    ),
]


class Condition(Input):
    """A field of an event and the values of it that are wanted."""

    field: Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")] = Field(
        description="A field of `data`, or `subject`. An event that does not have it is not delivered",
        examples=["engagement_id"],
    )
    values: list[Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x20-\x7e]+$")]] = Field(
        min_length=1, max_length=50, description="Any of these, as text"
    )


Conditions = Annotated[list[Condition], Field(max_length=10, description="All of these; every event when empty")]
Rate = Annotated[int, Field(ge=1, le=100, description="How many requests a second at most")]
Concurrency = Annotated[int, Field(ge=1, le=20, description="How many requests at the same time at most")]


class EndpointDraft(Input):
    """An address that webhooks are to be delivered to."""

    title: Title = Field(examples=["Data warehouse"])
    url: EndpointUrl
    owner: PersonRef
    types: Types
    conditions: Conditions = Field(default=[])
    scheme: SignatureScheme = Field(
        default=SignatureScheme.V1A,
        description="`v1a`: Ed25519, verified with a public key. `v1`: HMAC-SHA256, verified with a shared secret",
    )
    ordered: bool = Field(
        default=False, description="Whether, about one subject, nothing is sent before what came earlier is over"
    )
    rate: Rate = 10
    concurrency: Concurrency = 4


class EndpointRevision(Input):
    """What to change; members left out stay as they are. Another address has to answer a test again."""

    title: Title | None = None
    url: EndpointUrl | None = None
    owner: PersonRef | None = None
    types: Types | None = None
    conditions: Conditions | None = None
    ordered: bool | None = None
    rate: Rate | None = None
    concurrency: Concurrency | None = None


class EndpointReason(Input):
    """Why nothing is delivered to an endpoint for a time, or ever again."""

    reason: Prose


class EndpointStanding(BaseModel):
    """How deliveries to an endpoint are going."""

    waiting: int = Field(default=0, description="Deliveries that are not over")
    failed: int = Field(default=0, description="Deliveries that have no attempt left")
    failing_since: datetime | None = Field(default=None, description="The first failure since the last success")
    breaker_until: datetime | None = Field(
        default=None, description="Until when nothing is sent, because nearly everything failed"
    )
    throttled_until: datetime | None = Field(default=None, description="Until when it asked to be left alone")
    last_delivered_at: datetime | None = None
    last_failed_at: datetime | None = None


class EndpointOut(BaseModel):
    id: UUID
    title: str
    url: str
    owner: NamedPerson
    types: list[str]
    conditions: list[Condition]
    ordered: bool
    rate: int
    concurrency: int
    status: EndpointStatus
    disabled_for: DisabledFor | None
    standing: EndpointStanding
    version: int
    created_at: datetime
    updated_at: datetime


class EndpointRegisteredOut(EndpointOut):
    secret: str | None = Field(description="Of `v1`, shown this once: what its deliveries are verified with")
    public_key: str | None = Field(description="Of `v1a`: what its deliveries are verified with")


class WebhookSecretDraft(Input):
    """One more secret, while the others still sign."""

    scheme: SignatureScheme = SignatureScheme.V1A
    overlap_hours: int = Field(default=24, ge=0, le=168, description="How long the other secrets sign along")


class WebhookSecretOut(BaseModel):
    id: UUID
    scheme: SignatureScheme
    public_key: str | None = Field(description="Of `v1a`")
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    updated_at: datetime


class WebhookSecretIssuedOut(BaseModel):
    id: UUID
    scheme: SignatureScheme
    secret: str | None = Field(description="Of `v1`, shown this once")
    public_key: str | None = Field(description="Of `v1a`")


class RecoveryDraft(Input):
    """From when on failed deliveries are to be sent again."""

    since: Instant = Field(description="Deliveries of events that were heard then or later")


class RecoveryOut(BaseModel):
    """How many deliveries are sent again."""

    recovered: int
