"""Encryption of secrets at rest: AES-256-GCM, bound to the row of the secret, with a key of the environment's."""

import base64
import os
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_NONCE_BYTES = 12
_KEY_BYTES = 32


class VaultSettings(BaseSettings):
    """The key of a service that has to know secrets again; each service has another."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    key_encryption_key: SecretStr = Field(description="32 random bytes, base64url: encrypts the secrets that are kept")

    @field_validator("key_encryption_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if len(base64.urlsafe_b64decode(value.get_secret_value())) != _KEY_BYTES:
            raise ValueError(f"not {_KEY_BYTES} bytes")
        return value


class Vault:
    """Seals and opens. Whoever holds the database alone learns no secret."""

    def __init__(self, settings: VaultSettings) -> None:
        self._cipher = AESGCM(base64.urlsafe_b64decode(settings.key_encryption_key.get_secret_value()))

    def seal(self, plain: bytes, *, belongs_to: UUID) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, belongs_to.bytes)

    def open(self, sealed: bytes, *, belongs_to: UUID) -> bytes:
        """What was sealed; `InvalidTag` when the row was exchanged or the environment's key is another."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], belongs_to.bytes)


@cache
def the_vault() -> Vault:
    """The vault of this process, by its environment."""
    return Vault(VaultSettings())
