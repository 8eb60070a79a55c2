from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.integrations.receiving.sources.models import SourceKind, SourceStatus, VerificationScheme
from shared.http.fields import Input, Instant, NamedPerson, PersonRef, Prose, Title

GivenSecret = Annotated[
    str,
    StringConstraints(min_length=16, max_length=512, pattern=r"^[\x21-\x7e]+$"),
    Field(examples=["4c1b7f0f2c9e4d7c8a5e6d3b2a190817"]),
]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,59}$"), Field(examples=["X-Token"])]
Branch = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]+$"),
    Field(examples=["main"]),
]
EvidenceBranches = Annotated[
    list[Branch],
    Field(
        max_length=20,
        description="The branches whose checks are evidence; when empty, the default branch of each repository",
    ),
]
TopicArn = Annotated[
    str,
    StringConstraints(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}$"),
    Field(
        description="Amazon SNS only: the topic whose messages are taken",
        examples=["arn:aws:sns:eu-central-1:123456789012:scans"],
    ),
]
Origin = Annotated[
    str,
    StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:/_-]+$"),
    Field(examples=["example.com"]),
]
Origins = Annotated[
    list[Origin],
    Field(max_length=20, description="CloudEvents only: who may ask whether they may send; anyone when empty"),
]


class SourceDraft(Input):
    """A system that is going to report to the organisation."""

    title: Title = Field(examples=["GitHub: example-org"])
    kind: SourceKind
    owner: PersonRef
    scheme: VerificationScheme | None = Field(
        default=None, description="How it proves who it is; the kind's own way if left out"
    )
    header: HeaderName | None = Field(default=None, description="Where it sends its secret, if that can be chosen")
    secret: GivenSecret | None = Field(
        default=None, description="The secret, where the sender made it; if left out, one is made and shown once"
    )
    branches: EvidenceBranches = Field(default=[])
    topic_arn: TopicArn | None = None
    origins: Origins = Field(default=[])


class SourceRevision(Input):
    """What to change; members left out stay as they are."""

    title: Title | None = None
    owner: PersonRef | None = None
    header: HeaderName | None = None
    branches: EvidenceBranches | None = None
    topic_arn: TopicArn | None = None
    origins: Origins | None = None


class SourceRetirement(Input):
    """Why nothing is taken from a source any more."""

    reason: Prose


class SourceStanding(BaseModel):
    """What a source sent, and what became of it."""

    last_received_at: datetime | None = None
    last_event: str | None = Field(default=None, examples=["check_run.completed"])
    waiting: int = Field(default=0, description="Deliveries that are not looked into yet")
    unmapped: int = Field(default=0, description="Deliveries of which no rule knows the event or a value")
    failed: int = Field(default=0, description="Deliveries that could not be mapped")
    unproven: int = Field(default=0, description="Requests of the last seven days that did not prove who sent them")


class SourceOut(BaseModel):
    id: UUID
    title: str
    kind: SourceKind
    scheme: VerificationScheme
    header: str | None = Field(description="Where its secret is expected; null for schemes without such a header")
    owner: NamedPerson
    path: str = Field(
        description="Where it sends to, at this installation's address. Whoever has it still needs the secret",
        examples=["/v1/hooks/attest_hook_…"],
    )
    branches: list[str]
    topic_arn: str | None
    origins: list[str]
    status: SourceStatus
    standing: SourceStanding = Field(description="What came of what it sent")
    version: int
    created_at: datetime
    updated_at: datetime


class SourceRegisteredOut(SourceOut):
    secret: str | None = Field(
        description="Shown this once, to be entered at the sender; null when it was given, or none is needed"
    )


class SourceSecretDraft(Input):
    """One more secret, while the one before still works."""

    secret: GivenSecret | None = Field(
        default=None, description="The secret, where the sender made it; if left out, one is made and shown once"
    )
    others_end_at: Instant | None = Field(
        default=None, description="When the source's other secrets stop working; they go on if left out"
    )


class SourceSecretOut(BaseModel):
    id: UUID
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="Right to the hour")
    updated_at: datetime


class SourceSecretIssuedOut(SourceSecretOut):
    secret: str | None = Field(description="Shown this once, to be entered at the sender; null when it was given")
