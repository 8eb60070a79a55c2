from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from services.gateway.access.issuers.models import IssuerStatus
from services.gateway.access.issuers.rules import signature_keys, web_address
from shared.http.fields import Input

_ADDRESS = r"^https?://[A-Za-z0-9.\[\]:_-]+(/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?$"

WebAddress = Annotated[str, StringConstraints(max_length=500, pattern=_ADDRESS), AfterValidator(web_address)]
Number = Annotated[str, StringConstraints(max_length=1400, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x20-\x7e]+$")]


def _public(value: Any) -> Any:
    if isinstance(value, dict) and ("d" in value or "k" in value):
        raise ValueError("this is a private key: it is compromised by having been sent; use another")
    return value


class IssuerPublicKey(BaseModel):
    """A public key (RFC 7517). Members that verify no signature are dropped."""

    model_config = ConfigDict(extra="ignore")

    kty: Literal["RSA", "EC", "OKP"]
    kid: Name | None = None
    use: Literal["sig"] | None = None
    alg: Name | None = None
    n: Number | None = None
    e: Number | None = None
    crv: Name | None = None
    x: Number | None = None
    y: Number | None = None


PublicKey = Annotated[IssuerPublicKey, BeforeValidator(_public)]


class KeySetIn(Input):
    """A JWK Set (RFC 7517, 5)."""

    keys: list[PublicKey] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _are_usable(self) -> "KeySetIn":
        if len(signature_keys(self.plain()).keys) != len(self.keys):
            raise ValueError("every key must be able to verify a signature; RSA from 2048 bits")
        return self

    def plain(self) -> list[dict[str, Any]]:
        """The keys as JSON."""
        return [key.model_dump(exclude_none=True) for key in self.keys]


class IssuerDraft(Input):
    """An OpenID Connect provider to trust; its keys at an address, or given here."""

    issuer: WebAddress = Field(examples=["https://login.example.com"], description="Exactly as in the tokens' `iss`")
    audience: Name = Field(examples=["attest"], description="What the tokens' `aud` must name")
    jwks_uri: WebAddress | None = Field(default=None, examples=["https://login.example.com/keys"])
    jwks: KeySetIn | None = None

    @model_validator(mode="after")
    def _has_keys_once(self) -> "IssuerDraft":
        if (self.jwks_uri is None) == (self.jwks is None):
            raise ValueError("give jwks_uri or jwks, one of them")
        return self

    def addresses(self) -> Iterator[tuple[str, str]]:
        """The addresses it names, each with its pointer."""
        yield "/issuer", self.issuer
        if self.jwks_uri is not None:
            yield "/jwks_uri", self.jwks_uri


class IssuerOut(BaseModel):
    id: UUID
    issuer: str
    audience: str
    jwks_uri: str | None
    jwks: dict[str, Any] | None
    status: IssuerStatus
    version: int
    created_at: datetime
    updated_at: datetime
