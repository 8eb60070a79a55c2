"""The key that a service seals with what leaves it, and which public keys have sealed before."""

import base64
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert

from shared.data.sessions import Database
from shared.identity.callers import PLATFORM
from shared.trail.seal import Seal, jwk

_SEED_BYTES = 32


class SealingKey(BaseModel):
    """A public key as a JWK (RFC 8037); its `kid` is its RFC 7638 thumbprint."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class SealingKeys(BaseModel):
    """Every public key that this service of the installation has signed with, newest first."""

    keys: list[SealingKey]


class SealSettings(BaseSettings):
    """`ATTEST_SEALING_KEY`: whoever has it can sign in this installation's name what the service gives out.

    Each service that seals has a key of its own.
    """

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    sealing_key: SecretStr = Field(description="32 random bytes, base64url: the seed of an Ed25519 key")

    @field_validator("sealing_key")
    @classmethod
    def _is_a_seed(cls, value: SecretStr) -> SecretStr:
        if len(base64.urlsafe_b64decode(value.get_secret_value())) != _SEED_BYTES:
            raise ValueError(f"not {_SEED_BYTES} bytes")
        return value


@cache
def the_seal() -> Seal:
    """The seal of this process."""
    return Seal(base64.urlsafe_b64decode(SealSettings().sealing_key.get_secret_value()))


class PublishedKeys:
    """The public keys of a service, in its table `sealing_keys`, whose rows are the platform's."""

    def __init__(self, metadata: MetaData) -> None:
        self._table = Table(
            "sealing_keys",
            metadata,
            Column("org_id", Uuid, nullable=False),
            Column("id", Text, primary_key=True),
            Column("public_key", LargeBinary, nullable=False),
            Column("first_used_at", DateTime(timezone=True), nullable=False),
        )

    async def publish(self, database: Database, *, at: datetime) -> None:
        """Note the public key, so that it stays published when another takes its place."""
        seal = the_seal()
        row = {"org_id": PLATFORM, "id": seal.key_id, "public_key": seal.public, "first_used_at": at}
        async with database.transaction(PLATFORM) as session:
            await session.execute(insert(self._table).values(row).on_conflict_do_nothing())

    async def every(self, database: Database) -> list[dict[str, Any]]:
        """Every public key that has sealed anything here, newest first, as JWKs."""
        keys = self._table.c
        async with database.transaction(PLATFORM) as session:
            found = await session.scalars(select(keys.public_key).order_by(keys.first_used_at.desc()))
            return [jwk(public) for public in found]
