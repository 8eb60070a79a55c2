"""What a token says, and how far a request may narrow it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.gateway.sign_in.tokens.schemas import TokenError, TokenRefused
from shared.identity.permissions import Permission
from shared.identity.roles import Role, granted
from shared.identity.tokens import AUDIENCE


@dataclass(frozen=True, slots=True)
class Grant:
    """Who gets a token, for which organisation, permitted what, until when at the latest.

    `person` is whose acts those of the token's holder count as. `rests_on` has the version of each thing that it rests
    on: a later event about one of them withdraws the token. `ends_at` is when the membership ends, if it does.
    """

    subject: str
    org_id: UUID
    permissions: frozenset[Permission]
    until: datetime
    rests_on: Mapping[UUID, int]
    person: UUID | None = None
    person_name: str | None = None
    client_name: str | None = None
    ends_at: datetime | None = None
    engagement: UUID | None = None


def permitted(roles: Iterable[str], scope: str | None) -> frozenset[Permission]:
    """What the roles permit, narrowed to `scope`; `invalid_scope` for anything beyond."""
    return narrowed(granted(frozenset(Role(role) for role in roles)), scope)


def narrowed(everything: frozenset[Permission], scope: str | None) -> frozenset[Permission]:
    """Permissions narrowed to `scope` (RFC 6749, 3.3); `invalid_scope` for anything beyond them."""
    if scope is None:
        return everything
    wanted = set(scope.split())
    if not wanted or not wanted <= everything:
        raise TokenRefused(TokenError.INVALID_SCOPE, "The scope is unknown, or beyond what the roles permit.")
    return frozenset(permission for permission in everything if permission in wanted)


def claims_of(grant: Grant, *, token_id: UUID, issuer: str, at: datetime) -> dict[str, Any]:
    """The claims of an access token (RFC 9068, without those that nobody reads)."""
    optional = {
        "person": grant.person and str(grant.person),
        "person_name": grant.person_name,
        "client_name": grant.client_name,
        "ends_at": grant.ends_at and int(grant.ends_at.timestamp()),
        "engagement": grant.engagement and str(grant.engagement),
    }
    return {
        **{name: value for name, value in optional.items() if value is not None},
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": grant.subject,
        "org": str(grant.org_id),
        "scope": " ".join(sorted(grant.permissions)),
        "rests_on": {str(thing): version for thing, version in grant.rests_on.items()},
        "iat": int(at.timestamp()),
        "exp": int(grant.until.timestamp()),
        "jti": str(token_id),
    }
