from enum import StrEnum
from typing import Any

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.gateway.base import Base


class IssuerStatus(StrEnum):
    """trusted → revoked. A revoked issuer stays on record; trusting it again is a new row."""

    TRUSTED = "trusted"
    REVOKED = "revoked"


class Issuer(Base, table=True):
    """An OpenID Connect provider, with its keys: fetched from `jwks_uri`, or given once and for all."""

    __tablename__ = "issuers"

    issuer: str
    audience: str
    jwks_uri: str | None = None
    jwks: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    status: str = IssuerStatus.TRUSTED
