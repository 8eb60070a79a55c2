"""Encryption of private signing keys at rest: AES-256-GCM, bound to the key's id, with a key of the environment's."""

import base64
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.gateway.settings import GatewaySettings

_NONCE_BYTES = 12


class Vault:
    """Seals and opens. Whoever holds the database alone can sign nothing."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._cipher = AESGCM(base64.urlsafe_b64decode(settings.key_encryption_key.get_secret_value()))

    def seal(self, plain: bytes, *, belongs_to: UUID) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, belongs_to.bytes)

    def open(self, sealed: bytes, *, belongs_to: UUID) -> bytes:
        """What was sealed; `InvalidTag` when the row was exchanged or the environment's key is another."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], belongs_to.bytes)
