"""What the gateway announces: who may do what. No event carries a secret."""

from typing import ClassVar
from uuid import UUID

from shared.events.catalogue.engagement_teams import (
    IndependenceWithdrawn,
    TeamMemberReassigned,
    TeamMemberReleased,
)
from shared.events.event import Event


class OrganisationFounded(Event):
    """An organisation was set up on this installation."""

    name: ClassVar[str] = "gateway.organisation.founded"

    title: str


class OrganisationRenamed(Event):
    """An organisation has another name."""

    name: ClassVar[str] = "gateway.organisation.renamed"

    title: str


class StorageQuotaSet(Event):
    """The operator set how many bytes of files an organisation may keep; None for the limit that all have."""

    name: ClassVar[str] = "gateway.organisation.storage_quota_set"

    quota_bytes: int | None


class _Member(Event):
    """Every event about a member says who, and with which roles."""

    person_id: UUID
    email: str
    roles: list[str]


class MemberAdded(_Member):
    """A person may act in the organisation."""

    name: ClassVar[str] = "gateway.member.added"


class MemberChanged(_Member):
    """A member's roles, or the end of their membership, changed."""

    name: ClassVar[str] = "gateway.member.changed"


class MemberRemoved(_Member):
    """A person may no longer act in the organisation."""

    name: ClassVar[str] = "gateway.member.removed"


class _Client(Event):
    """Every event about an API client says which, with which roles, and who is responsible for what it does."""

    title: str
    roles: list[str]
    responsible_id: UUID | None


class ApiClientRegistered(_Client):
    """A program may act in the organisation."""

    name: ClassVar[str] = "gateway.api_client.registered"


class ApiClientRevoked(_Client):
    """A program may no longer act in the organisation."""

    name: ClassVar[str] = "gateway.api_client.revoked"


class ApiClientHandedOver(_Client):
    """Another person is responsible for what a program does from now on."""

    name: ClassVar[str] = "gateway.api_client.handed_over"


class ClientSecretIssued(_Client):
    """An API client has one more live secret."""

    name: ClassVar[str] = "gateway.api_client.secret_issued"

    secret_id: UUID


class ClientSecretRevoked(_Client):
    """One of an API client's secrets no longer works."""

    name: ClassVar[str] = "gateway.api_client.secret_revoked"

    secret_id: UUID


class SignInFailed(_Client):
    """Attempts to sign in as an API client failed; `failures` in a row from the address `origin` so far.

    Announced for the first failure, and each time their number has doubled after five.
    """

    name: ClassVar[str] = "gateway.api_client.sign_in_failed"

    origin: str
    failures: int


class IssuerTrusted(Event):
    """Members may sign in with tokens of this OpenID Connect issuer."""

    name: ClassVar[str] = "gateway.issuer.trusted"

    issuer: str


class IssuerDistrusted(Event):
    """Tokens of this issuer are no longer accepted."""

    name: ClassVar[str] = "gateway.issuer.distrusted"

    issuer: str


class SigningKeySuperseded(Event):
    """A key signs no more tokens; it stays published until the last one it signed has expired."""

    name: ClassVar[str] = "gateway.signing_key.superseded"

    key_id: str


class SigningKeyRotated(Event):
    """Tokens are signed with a new key."""

    name: ClassVar[str] = "gateway.signing_key.rotated"

    key_id: str


class SigningKeyWithdrawn(Event):
    """A key is no longer published: every token it signed is refused from now on."""

    name: ClassVar[str] = "gateway.signing_key.withdrawn"

    key_id: str


# Each of these withdraws the tokens that rest on an earlier version of the thing that the event is about.
WITHDRAWS_TOKENS: tuple[type[Event], ...] = (
    MemberChanged,
    MemberRemoved,
    ApiClientRevoked,
    ApiClientHandedOver,
    ClientSecretRevoked,
    IssuerDistrusted,
    TeamMemberReassigned,
    IndependenceWithdrawn,
    TeamMemberReleased,
)
