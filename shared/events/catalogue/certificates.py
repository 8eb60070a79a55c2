"""What the audit service announces of certificates, in the chains of both parties."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutCertificate(Event):
    """Every event about a certificate says from which audit, its status, and until which day it is valid, if it is."""

    engagement_id: UUID
    status: str
    soa_version: str
    decided_on: date
    valid_until: date | None


class CertificationDecided(AboutCertificate):
    """People who did not audit decided on a certificate."""

    name: ClassVar[str] = "audit.certificate.decided"


class CertificateChanged(AboutCertificate):
    """A certificate was suspended, restored, reduced or withdrawn."""

    name: ClassVar[str] = "audit.certificate.changed"

    step: str
