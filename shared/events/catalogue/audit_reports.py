"""What the audit service announces of reports, their downloads, and bridge letters.

A report is the auditing party's. From management's review on, its events stand in the client's trail as well;
`client_id` tells a listener which of the two it hears. A bridge letter is the client's alone.
"""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AuditReportEvent(Event):
    """Every event about a report says which it is, of what, and how it stands."""

    engagement_id: UUID
    firm_id: UUID
    client_id: UUID
    kind: str
    number: int
    title: str
    status: str
    covers_from: date
    covers_until: date
    report_date: date | None
    content_sha256: str
    sha256: str | None


class AuditReportEnding(AuditReportEvent):
    """Readers take the report as current until a day by convention, which is so many days ahead at most."""

    name: ClassVar[str] = "audit.audit_report.ending"

    current_until: date
    days: int


class AuditReportDrafted(AuditReportEvent):
    """The auditing party drafted a report."""

    name: ClassVar[str] = "audit.audit_report.drafted"


class AuditReportRevised(AuditReportEvent):
    """The auditing party revised a draft."""

    name: ClassVar[str] = "audit.audit_report.revised"


class AuditReportRendered(AuditReportEvent):
    """A report was rendered in all its forms."""

    name: ClassVar[str] = "audit.audit_report.rendered"


class AuditReportReleased(AuditReportEvent):
    """Management of the client may review a draft."""

    name: ClassVar[str] = "audit.audit_report.released"


class AuditReportTakenBack(AuditReportEvent):
    """A report went back to draft, for the reason given."""

    name: ClassVar[str] = "audit.audit_report.taken_back"


class AuditReportApproved(AuditReportEvent):
    """The engagement partner approved a report as it was read."""

    name: ClassVar[str] = "audit.audit_report.approved"


class AuditReportIssued(AuditReportEvent):
    """A report was issued, with the digest of its PDF."""

    name: ClassVar[str] = "audit.audit_report.issued"


class AuditReportSuperseded(AuditReportEvent):
    """Another report was issued in the place of an issued one. `recipients` are those for whom it was downloaded."""

    recipients: list[str]
    name: ClassVar[str] = "audit.audit_report.superseded"


class AuditReportWithdrawn(AuditReportEvent):
    """An issued report does not stand any longer, for the reason given.

    `recipients` are those for whom it was downloaded: both parties have to tell them.
    """

    recipients: list[str]
    name: ClassVar[str] = "audit.audit_report.withdrawn"


class ReportDownloaded(Event):
    """Somebody of either party was given a report in a form."""

    name: ClassVar[str] = "audit.report_download.recorded"

    report_id: UUID
    engagement_id: UUID
    form: str
    sha256: str


class BridgeLetterEvent(Event):
    """Every event about a bridge letter says from which report on it speaks, and of which days."""

    report_id: UUID
    engagement_id: UUID
    covers_from: date
    covers_until: date
    status: str


class BridgeLetterDrafted(BridgeLetterEvent):
    """Management drafted a bridge letter."""

    name: ClassVar[str] = "audit.bridge_letter.drafted"


class BridgeLetterRevised(BridgeLetterEvent):
    """Management revised a draft."""

    name: ClassVar[str] = "audit.bridge_letter.revised"


class BridgeLetterSigned(BridgeLetterEvent):
    """An officer signed a bridge letter."""

    name: ClassVar[str] = "audit.bridge_letter.signed"


class BridgeLetterSent(BridgeLetterEvent):
    """A signed bridge letter was sent to somebody."""

    name: ClassVar[str] = "audit.bridge_letter.sent"

    sent_to: str


class BridgeLetterWithdrawn(BridgeLetterEvent):
    """A bridge letter does not count any longer, for the reason given."""

    name: ClassVar[str] = "audit.bridge_letter.withdrawn"
