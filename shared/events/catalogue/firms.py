"""What the gateway announces of audit firms and their licences."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _Firm(Event):
    """Every event about a firm says what it is called, and of which kind it is."""

    firm_name: str
    kind: str


class FirmEstablished(_Firm):
    """An organisation was founded as an audit firm."""

    name: ClassVar[str] = "gateway.firm.established"


class FirmRevised(_Firm):
    """An audit firm describes itself in another way."""

    name: ClassVar[str] = "gateway.firm.revised"


class FirmListed(_Firm):
    """Every organisation of this installation finds the firm from now on."""

    name: ClassVar[str] = "gateway.firm.listed"


class FirmDelisted(_Firm):
    """Nobody but the firm itself finds it any longer."""

    name: ClassVar[str] = "gateway.firm.delisted"


class _Licence(Event):
    """Every event about a licence says which; `person_id` is whose it is, null for the firm's own."""

    kind: str
    person_id: UUID | None
    region: str
    number: str
    expires_on: date


class LicenceDeclared(_Licence):
    """A firm declared a licence of its own or of one of its people."""

    name: ClassVar[str] = "gateway.licence.declared"


class LicenceVerified(_Licence):
    """The operator found the licence with whoever issued it; the reason says how."""

    name: ClassVar[str] = "gateway.licence.verified"


class LicenceRefused(_Licence):
    """The operator did not find the licence as it was declared; the reason says how it was looked for."""

    name: ClassVar[str] = "gateway.licence.refused"


class LicenceWithdrawn(_Licence):
    """The firm said that a licence no longer counts, and why."""

    name: ClassVar[str] = "gateway.licence.withdrawn"
