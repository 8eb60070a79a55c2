"""Seals: what leaves Attest and must be believed elsewhere is signed with Ed25519, and verified without Attest."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.canonical import canonical

ALGORITHM = "Ed25519"
SIGNATURE = "signature"


class SealBroken(Exception):  # noqa: N818 - a finding
    """The signature does not fit; the text says what is wrong."""


class Seal:
    """Signs with one private key. `seed` is its 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        return fingerprint(self.public)

    def sign(self, signed: bytes) -> dict[str, str]:
        """The signature over these bytes, with the public key it is checked with."""
        return {
            "algorithm": ALGORITHM,
            "key_id": self.key_id,
            "public_key": base64.b64encode(self.public).decode(),
            "value": base64.b64encode(self._private.sign(signed)).decode(),
        }

    def signed(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with the signature over its canonical form as one more member."""
        return {**document, SIGNATURE: self.sign(canonical(document))}


def fingerprint(public: bytes) -> str:
    """The key's name: its JWK thumbprint (RFC 7638), SHA-256 in base64url."""
    return _unpadded(hashlib.sha256(canonical(_members(public))).digest())


def jwk(public: bytes) -> dict[str, str]:
    """The public key as a JWK (RFC 8037)."""
    return {**_members(public), "kid": fingerprint(public), "use": "sig", "alg": ALGORITHM}


def check(signed: bytes, signature: Any) -> str:
    """The fingerprint of the key that signed these bytes; `SealBroken` when it did not."""
    try:
        public, value = _decoded(signature["public_key"]), _decoded(signature["value"])
        named, algorithm = signature["key_id"], signature["algorithm"]
        Ed25519PublicKey.from_public_bytes(public).verify(value, signed)
    except (KeyError, TypeError, ValueError) as error:
        raise SealBroken("the signature cannot be read") from error
    except InvalidSignature as error:
        raise SealBroken("the signature is wrong") from error
    if algorithm != ALGORITHM or named != fingerprint(public):
        raise SealBroken("the signature names another key than the one it is checked with")
    return fingerprint(public)


def check_document(document: Mapping[str, Any]) -> str:
    """The fingerprint of the key that signed a document which carries its signature."""
    return check(
        canonical({name: value for name, value in document.items() if name != SIGNATURE}), document.get(SIGNATURE)
    )


def _members(public: bytes) -> dict[str, str]:
    return {"crv": ALGORITHM, "kty": "OKP", "x": _unpadded(public)}


def _decoded(text: str) -> bytes:
    """Base64 in its one form: bits that say nothing could be changed without anyone noticing."""
    value = base64.b64decode(text, validate=True)
    if base64.b64encode(value).decode() != text:
        raise ValueError("not the one base64 of these bytes")
    return value


def _unpadded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
