"""Amazon SNS as it is in one region: it signs messages, and answers with the certificate of its key."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from services.integrations.receiving.amazon import sns_signed
from shared.outbound.client import Answer

AT = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-west-2:123456789012:scans"


class Region:
    """Amazon SNS in one region: its certificate, and what was asked of it."""

    def __init__(self, name: str = "sns.amazonaws.com", status: int = 200, at: datetime = AT) -> None:
        self.key, self.asked, self.status = rsa.generate_private_key(65537, 2048), list[str](), status
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = x509.CertificateBuilder(subject, subject, self.key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=1))
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        self.certificate = made.add_extension(names, critical=False).sign(self.key, SHA256())

    async def fetch(self, url: str) -> Answer:
        self.asked.append(url)
        return Answer(self.status, {}, self.certificate.public_bytes(Encoding.PEM))

    def message(self, **changes: Any) -> dict[str, Any]:
        document = {
            "Type": "Notification",
            "MessageId": "165545c9",
            "TopicArn": TOPIC,
            "Message": "Hello",
            "Timestamp": "2026-05-14T09:00:00.000Z",
            "SignatureVersion": "2",
            "SigningCertURL": "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        } | changes
        algorithm = SHA1() if document["SignatureVersion"] == "1" else SHA256()  # noqa: S303 - SNS's version 1
        made = self.key.sign(sns_signed(document), padding.PKCS1v15(), algorithm)
        return document | {"Signature": base64.b64encode(made).decode()}
