"""What the risk service announces of assurance reports that were received from vendors."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AssuranceReportTold(Event):
    """Every event about a received report says whose it is, what it is, its period, and how far we rely on it."""

    vendor_id: UUID
    title: str
    report_kind: str
    report_type: str | None
    period_start: date | None
    period_end: date
    status: str
    reliance: str | None


class AssuranceReportFiled(AssuranceReportTold):
    """A vendor's report was received and filed."""

    name: ClassVar[str] = "risk.assurance_report.filed"


class AssuranceReportRevised(AssuranceReportTold):
    """What was written down of a report was changed."""

    name: ClassVar[str] = "risk.assurance_report.revised"


class AssuranceReportReviewed(AssuranceReportTold):
    """Points of a report's checklist were answered."""

    name: ClassVar[str] = "risk.assurance_report.reviewed"


class AssuranceReportConcluded(AssuranceReportTold):
    """It was decided how far we rely on a report; the reason says why."""

    name: ClassVar[str] = "risk.assurance_report.concluded"


class AssuranceReportSuperseded(AssuranceReportTold):
    """A later report was reviewed in the place of this one."""

    name: ClassVar[str] = "risk.assurance_report.superseded"


class AssuranceReportStale(AssuranceReportTold):
    """The period of a report is so long ago that it says too little of the present."""

    name: ClassVar[str] = "risk.assurance_report.stale"


class BridgeLetterReceived(AssuranceReportTold):
    """A letter of the vendor's management on the time after a report's period was received."""

    name: ClassVar[str] = "risk.assurance_report.bridged"


class ComplementaryControlTold(Event):
    """Every event about a complementary user entity control says what it asks and which control of ours answers it."""

    report_id: UUID
    vendor_id: UUID
    text: str
    control_id: UUID | None
    owner_id: UUID | None


class ComplementaryControlRecorded(ComplementaryControlTold):
    """A control that a vendor's report asks of us was recorded."""

    name: ClassVar[str] = "risk.complementary_control.recorded"


class ComplementaryControlMapped(ComplementaryControlTold):
    """A control of ours was named for it, or why it does not apply, or another person answers for it."""

    name: ClassVar[str] = "risk.complementary_control.mapped"
