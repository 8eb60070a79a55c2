"""The caller of an operation, as the access token tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.identity.permissions import Permission
from shared.problems import SeparationOfDuties

# The organisation of the installation's operators; it founds the others and sees none of their rows.
PLATFORM = UUID("00000000-0000-7000-8000-000000000000")

# Who acts when a rule does: announcements made by handlers and by the clock.
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Caller:
    """`actor` is how the trail names the caller: `client:<id>` or `member:<id>`.

    `rests_on` names the things that the token rests on (the client or member, the trusted issuer), each with the
    version at which the gateway read it: a later event about one of them can withdraw the token. `ends_at` is when the
    caller's membership ends, if that is known.
    """

    org_id: UUID
    actor: str
    permissions: frozenset[Permission]
    rests_on: Mapping[UUID, int] = field(default_factory=dict)
    ends_at: datetime | None = None


def keep_apart(rule: str, *, first: str, second: str) -> None:
    """Refuse when the same person would do both halves; `rule` is what the answer names."""
    if first == second:
        raise SeparationOfDuties(f"{rule}: {second} did the first half already; another person must do this.")
