"""What the token endpoint takes and answers. Its refusals have RFC 6749's own form, not that of our problems."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID

from pydantic import BaseModel, Field

CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_MOST_FIELDS = 20


class TokenError(StrEnum):
    """RFC 6749, 5.2, and two of our own; `slow_down` is from RFC 8628, 3.5."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    ORGANISATION_REQUIRED = "organisation_required"
    SLOW_DOWN = "slow_down"


class OrganisationChoice(BaseModel):
    """An organisation that the person is a member of."""

    id: UUID
    title: str


class TokenRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """The token endpoint's refusal."""

    def __init__(
        self,
        error: TokenError,
        description: str,
        *,
        organisations: Sequence[OrganisationChoice] = (),
        wait: timedelta = timedelta(0),
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.organisations = organisations
        self.wait = wait


class TokenErrorOut(BaseModel):
    """RFC 6749, 5.2."""

    error: TokenError
    error_description: str
    organisations: list[OrganisationChoice] | None = Field(
        default=None, description="With `organisation_required`: those that the person is a member of"
    )


class TokenOut(BaseModel):
    """RFC 6749, 5.1."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the type, not a token
    expires_in: int = Field(description="Seconds")
    scope: str


class PublishedKeysOut(BaseModel):
    """RFC 7517, 5."""

    keys: list[dict[str, Any]]


class AuthorizationServerOut(BaseModel):
    """RFC 8414, 2."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    service_documentation: str
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    response_types_supported: list[str]
    scopes_supported: list[str]


class TokenForm(BaseModel):
    """The form fields of the token endpoint, for the contract; `client_id` and `client_secret` also as HTTP Basic."""

    grant_type: Literal["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = Field(default=None, description="Narrows the token to these permissions")
    assertion: str | None = Field(default=None, description="RFC 7523: a token of a trusted OpenID Connect issuer")
    organisation: str | None = Field(
        default=None, description="With an assertion of a person who is a member of several organisations: which one"
    )
    engagement: str | None = Field(
        default=None,
        description="With an assertion of a person on the team of this engagement: a token for it and nothing else,"
        " which shows what its scope shows and permits what the person is on the team for",
    )


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token request as read from form and header. Secrets do not print."""

    fields: dict[str, str]
    basic: tuple[str, str] | None

    def __repr__(self) -> str:
        return f"TokenRequest({sorted(self.fields)})"

    @classmethod
    def read(cls, content_type: str, authorization: str | None, body: bytes) -> "TokenRequest":
        """Read a request; `invalid_request` names what is wrong with it."""
        if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise _unreadable("Send the fields as application/x-www-form-urlencoded.")
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
        except ValueError as error:
            raise _unreadable("The form cannot be read.") from error
        fields = dict(pairs)
        if len(fields) != len(pairs):
            raise _unreadable("A field is repeated.")
        # RFC 6749, 3.2: a field without a value counts as left out.
        return cls({name: value for name, value in fields.items() if value}, _basic(authorization))

    def field(self, name: str) -> str:
        """A field that this grant needs."""
        if name not in self.fields:
            raise _unreadable(f"{name} is missing.")
        return self.fields[name]

    def uuid(self, name: str) -> UUID | None:
        """A field that is an id, if it is there; ValueError for one that is none."""
        return UUID(self.fields[name]) if name in self.fields else None

    def client(self) -> tuple[str, str]:
        """The client's id and secret, by HTTP Basic or in the form, but not both (RFC 6749, 2.3)."""
        if self.basic is None:
            if "client_id" not in self.fields or "client_secret" not in self.fields:
                raise TokenRefused(TokenError.INVALID_CLIENT, "Send client_id and client_secret.")
            return self.fields["client_id"], self.fields["client_secret"]
        if "client_secret" in self.fields:
            raise _unreadable("The client names itself twice: use HTTP Basic or the form.")
        return self.basic


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise TokenRefused(TokenError.INVALID_CLIENT, "The Authorization header cannot be read.") from error
    if not colon:
        raise TokenRefused(TokenError.INVALID_CLIENT, "The Authorization header cannot be read.")
    return unquote_plus(name), unquote_plus(secret)


def _unreadable(description: str) -> TokenRefused:
    return TokenRefused(TokenError.INVALID_REQUEST, description)
