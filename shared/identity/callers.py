"""The caller of an operation, as the access token tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from shared.identity.permissions import Permission
from shared.problems import Forbidden, SeparationOfDuties

# The organisation of the installation's operators; it founds the others and sees none of their rows.
PLATFORM = UUID("00000000-0000-7000-8000-000000000000")


class ActorKind(StrEnum):
    """A person by themselves, a person's client (a program), a rule or the clock, or somebody without a token."""

    PERSON = "person"
    CLIENT = "client"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as the trail keeps it, with the names of that moment.

    What a client does counts as done by `person`, who is responsible for it. Only the operator's client has no person.
    `firm` is the organisation whose person acts, where they act in an engagement: it may be another than the trail's.
    """

    kind: ActorKind
    person: UUID | None = None
    person_name: str | None = None
    client: UUID | None = None
    client_name: str | None = None
    firm: UUID | None = None

    @property
    def text(self) -> str:
        """The actor in one word, the same for all clients that one person is responsible for."""
        return f"person:{self.person}" if self.person else str(self.kind)

    @property
    def recorded(self) -> dict[str, Any]:
        """The actor as a row keeps it of what was done once: `shared.http.fields.ActedBy`, with the names of then."""
        return {
            "kind": str(self.kind),
            "person": {"id": str(self.person), "name": self.person_name} if self.person else None,
            "client": {"id": str(self.client), "name": self.client_name} if self.client else None,
            "firm": str(self.firm) if self.firm else None,
        }

    @property
    def label(self) -> str:
        """The actor's name then, for texts."""
        return self.person_name or self.client_name or str(self.kind)

    def columns(self) -> dict[str, Any]:
        """The actor as columns of the trail."""
        return {
            "actor": self.kind,
            "person": self.person,
            "person_name": self.person_name,
            "client": self.client,
            "client_name": self.client_name,
            "firm": self.firm,
        }


# Who acts when a rule does: announcements made by handlers and by the clock.
SYSTEM = Actor(ActorKind.SYSTEM)
# Who acts without a token, such as the holder of a link.
ANONYMOUS = Actor(ActorKind.ANONYMOUS)


def actor_of(recorded: Mapping[str, Any]) -> Actor:
    """The actor that a row has `recorded`."""
    person, client = recorded["person"] or {}, recorded["client"] or {}
    return Actor(
        ActorKind(recorded["kind"]),
        UUID(person["id"]) if person else None,
        person.get("name"),
        UUID(client["id"]) if client else None,
        client.get("name"),
        UUID(recorded["firm"]) if recorded.get("firm") else None,
    )


class Fence(NamedTuple):
    """What row-level security shows: a setting of the transaction, which policies compare with the rows."""

    setting: str
    value: str


def fence_of(org_id: UUID) -> Fence:
    """The rows of one organisation, and what others show it."""
    return Fence("app.org_id", str(org_id))


@dataclass(frozen=True, slots=True)
class Caller:
    """`subject` is that of the token: `client:<id>` or `member:<id>`.

    `person` is whose acts the caller's acts count as: the member's own, or the person responsible for the client; only
    the operator's client has none. The names are those of the moment the token was granted, for the trail.
    `rests_on` names the things that the token rests on (the client or member, the trusted issuer), each with the
    version at which the gateway read it: a later event about one of them can withdraw the token. `ends_at` is when the
    caller's membership ends, if that is known. A token for one `engagement` lets a person of the auditing party read
    what the engagement's scope shows, and write their own party's rows about it; `org_id` is then that party's. The
    token itself is good until `expires_at`.
    """

    org_id: UUID
    subject: str
    permissions: frozenset[Permission]
    person: UUID | None = None
    person_name: str | None = None
    client_name: str | None = None
    rests_on: Mapping[UUID, int] = field(default_factory=dict)
    ends_at: datetime | None = None
    engagement: UUID | None = None
    expires_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """The caller as the trail keeps them."""
        kind, _, key = self.subject.partition(":")
        client = UUID(key) if kind == ActorKind.CLIENT else None
        actor = ActorKind.CLIENT if client else ActorKind.PERSON
        firm = self.org_id if self.engagement else None
        return Actor(actor, self.person, self.person_name, client, self.client_name, firm)

    @property
    def fence(self) -> Fence:
        """What the caller's reads are fenced to: their organisation, or the engagement that their firm conducts."""
        return Fence("app.engagement", f"{self.engagement}/{self.org_id}") if self.engagement else fence_of(self.org_id)


def in_person(by: Actor, what: str) -> UUID:
    """The person who acts, by their own sign-in; `Forbidden` for a program, which can do no such thing as `what`."""
    if by.kind is not ActorKind.PERSON or by.person is None:
        raise Forbidden(f"A program cannot {what}: this needs the person's own sign-in.")
    return by.person


Somebody = Actor | Mapping[str, Any] | UUID | None


def person_of(somebody: Somebody) -> UUID | None:
    """The person that an actor, an actor as recorded on a row, or an id of a person stands for.

    None for no person, and for one whom the directory never had.
    """
    match somebody:
        case Actor():
            return somebody.person
        case UUID() | None:
            return somebody
        case _:
            person = somebody["person"]
            return UUID(person["id"]) if person and person["id"] else None


def keep_apart(refusal: str, *, first: Somebody, second: Somebody) -> None:
    """Refuse when both are the same person, by themselves or through any client; `refusal` says what they cannot do."""
    person = person_of(second)
    if person is not None and person == person_of(first):
        other = f"another person than {second.label}" if isinstance(second, Actor) else "another person"
        raise SeparationOfDuties(f"{refusal}; this needs {other}.")
