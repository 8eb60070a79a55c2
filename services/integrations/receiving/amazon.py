"""Amazon SNS: its messages and their signatures, the certificates it signs with, the confirmation of a subscription."""

import base64
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import (
    Certificate,
    DNSName,
    ExtensionNotFound,
    SubjectAlternativeName,
    load_pem_x509_certificate,
)

from shared.outbound.addresses import Reach
from shared.outbound.client import Answer, send
from shared.outbound.failures import OutboundFailed
from shared.problems import Unavailable

_LARGEST = 64 * 1024
_MOST = 64  # certificates: Amazon has one a region and changes it every year or two
_OK = 200
_SNS_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
_NOTIFICATION, _CONFIRMATION = "Notification", "SubscriptionConfirmation"
_SNS_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SNS_CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")

Fetch = Callable[[str], Awaitable[Answer]]


class Amazon:
    """Fetches from Amazon SNS's own hosts and from no other, without redirects; certificates are kept by address."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, Certificate] = {}

    @classmethod
    def within(cls, reach: Reach) -> "Amazon":
        """By the guarded client, as far as this installation reaches."""

        async def fetch(url: str) -> Answer:
            return await send("GET", url, reach=reach, largest=_LARGEST)

        return cls(fetch)

    async def key_of(self, url: object, *, at: datetime) -> RSAPublicKey | None:
        """The key of the certificate there; None for an address, certificate or key that cannot be Amazon SNS's."""
        if not isinstance(url, str) or not is_certificate_of_amazon(url):
            return None
        certificate = self._known.get(url)
        if certificate is None:
            try:
                certificate = load_pem_x509_certificate(await self._asked(url))
            except ValueError:
                return None
            if len(self._known) < _MOST:
                self._known[url] = certificate
        valid = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc and _is_for_sns(certificate)
        key = certificate.public_key()
        return key if valid and isinstance(key, RSAPublicKey) else None

    async def confirm(self, url: object) -> bool:
        """Confirm a subscription, as its message asks for; whether the address is Amazon SNS's."""
        if not isinstance(url, str) or not is_amazons(url):
            return False
        await self._asked(url)
        return True

    async def _asked(self, url: str) -> bytes:
        try:
            answer = await self._fetch(url)
        except OutboundFailed as failed:
            raise Unavailable(f"Amazon SNS was not reached: {failed.code}.") from failed
        if answer.status != _OK:
            raise Unavailable(f"Amazon SNS answered {answer.status}.")
        return answer.body


def _is_for_sns(certificate: Certificate) -> bool:
    """Whether a certificate names a host of Amazon SNS. Its chain is that of the host it was fetched from, by TLS."""
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return False
    return any(
        name == "sns.amazonaws.com" or is_amazons(f"https://{name}") for name in names.get_values_for_type(DNSName)
    )


def is_amazons(url: object) -> bool:
    """Whether an address is one at which Amazon SNS has certificates and confirmations; nothing else is fetched."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and parts.port is None and bool(_SNS_HOST.fullmatch(parts.netloc))
    except ValueError:
        return False


def is_certificate_of_amazon(url: object) -> bool:
    """Whether an address is that of a certificate of Amazon SNS."""
    return is_amazons(url) and isinstance(url, str) and urlsplit(url).path.endswith(".pem")


def sns_signed(document: Mapping[str, Any]) -> bytes:
    """The bytes that Amazon SNS signs: names and values of these members, line by line, in the order of their names."""
    names = _SNS_NOTIFICATION if document.get("Type") == _NOTIFICATION else _SNS_CONFIRMATION
    return "".join(f"{name}\n{document[name]}\n" for name in names if document.get(name) is not None).encode()


def is_signed_by(key: RSAPublicKey, document: Mapping[str, Any]) -> bool:
    """Whether Amazon SNS signed a message with this key: SignatureVersion 2 (SHA-256), or 1, its default (SHA-1)."""
    algorithm = {"1": SHA1(), "2": SHA256()}.get(str(document.get("SignatureVersion")))  # noqa: S303 - SNS's version 1
    try:
        signature = base64.b64decode(str(document.get("Signature")), validate=True)
        if algorithm is not None:
            key.verify(signature, sns_signed(document), PKCS1v15(), algorithm)
            return True
    except (InvalidSignature, ValueError):
        pass
    return False


def topic_of(document: Mapping[str, Any]) -> Any:
    """The Amazon resource name of the topic that a message is of."""
    return document.get("TopicArn")


def asks_for_confirmation(document: Mapping[str, Any]) -> bool:
    """Whether a message asks to confirm a subscription."""
    return document.get("Type") == _CONFIRMATION


def address_that_confirms(document: Mapping[str, Any]) -> Any:
    """The address that confirms the subscription when it is read."""
    return document.get("SubscribeURL")
