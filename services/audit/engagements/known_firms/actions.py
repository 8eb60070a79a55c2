"""What is known of firms and their licences, as the gateway announces them."""

from typing import Any

from services.audit.engagements.known_firms.models import KnownFirm, KnownLicence
from shared.events.catalogue.firms import (
    FirmDelisted,
    FirmEstablished,
    FirmListed,
    FirmRevised,
    LicenceDeclared,
    LicenceRefused,
    LicenceStatus,
    LicenceVerified,
    LicenceWithdrawn,
)
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica

FIRMS = Replica(
    KnownFirm,
    Facet(
        "version",
        (FirmEstablished, FirmRevised, FirmListed, FirmDelisted),
        "kind",
        name=lambda heard: heard.event.firm_name,
    ),
)

_STATUS = {
    LicenceDeclared: LicenceStatus.DECLARED,
    LicenceVerified: LicenceStatus.VERIFIED,
    LicenceRefused: LicenceStatus.REFUSED,
    LicenceWithdrawn: LicenceStatus.WITHDRAWN,
}


def _status(heard: Heard[Any]) -> LicenceStatus:
    return _STATUS[type(heard.event)]


LICENCES = Replica(
    KnownLicence,
    Facet(
        "version",
        tuple(_STATUS),
        *("kind", "person_id", "region", "issued_by", "number", "issued_to", "expires_on"),
        status=_status,
    ),
)
