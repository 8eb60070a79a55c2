"""What the gateway announces of audit firms, their licences, and the invitations that bring them here."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class FirmKind(StrEnum):
    """A firm of certified public accountants examines (SOC 1, 2, 3); a certification body certifies (ISO 17021-1)."""

    CPA_FIRM = "cpa_firm"
    CERTIFICATION_BODY = "certification_body"


class LicenceKind(StrEnum):
    """Of a firm: its permit to practise public accountancy, or its accreditation as a certification body.

    Of a person: the licence of a certified public accountant, or the certificate of a lead auditor.
    """

    FIRM_PERMIT = "firm_permit"
    ACCREDITATION = "accreditation"
    CPA_LICENCE = "cpa_licence"
    LEAD_AUDITOR = "lead_auditor"


class LicenceStatus(StrEnum):
    """declared → verified or refused, by the operator; any → withdrawn, by the firm. It expires by its own date."""

    DECLARED = "declared"
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class _Firm(Event):
    """Every event about a firm says what it is called, and of which kind it is."""

    firm_name: str
    kind: FirmKind


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

    kind: LicenceKind
    person_id: UUID | None
    region: str
    issued_by: str
    number: str
    issued_to: str
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


class _Invitation(Event):
    """Every event about an invitation says whom it is for; `firm_id` is the firm that was founded by it."""

    firm_name: str
    firm_id: UUID | None


class FirmInvited(_Invitation):
    """A client invited an audit firm that has no account here."""

    name: ClassVar[str] = "gateway.firm_invitation.issued"


class FirmInvitationAccepted(_Invitation):
    """The firm founded itself with the secret of the invitation."""

    name: ClassVar[str] = "gateway.firm_invitation.accepted"


class FirmInvitationRevoked(_Invitation):
    """The client revoked the invitation: its secret founds nothing any longer."""

    name: ClassVar[str] = "gateway.firm_invitation.revoked"
