"""Which verbs a report allows, and by whom its rendering counts. Pure functions."""

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from services.audit.engagements.engagements.models import EngagementPhase
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from shared.canonical import canonical


class ReportVerb(StrEnum):
    REVISE = "revise"
    RENDER = "render"
    RELEASE = "release to management"
    TAKE_BACK = "take back"
    APPROVE = "approve"
    ISSUE = "issue"
    WITHDRAW = "withdraw"


ALLOWED: dict[ReportStatus, Sequence[ReportVerb]] = {
    ReportStatus.DRAFT: (ReportVerb.REVISE, ReportVerb.RENDER, ReportVerb.RELEASE),
    ReportStatus.MANAGEMENT_REVIEW: (ReportVerb.RENDER, ReportVerb.TAKE_BACK, ReportVerb.APPROVE),
    ReportStatus.APPROVED: (ReportVerb.RENDER, ReportVerb.TAKE_BACK, ReportVerb.ISSUE),
    ReportStatus.ISSUED: (ReportVerb.WITHDRAW,),
    ReportStatus.SUPERSEDED: (),
    ReportStatus.WITHDRAWN: (),
}
# A report is written while the engagement is worked on, and revised while its file is open.
WRITING = frozenset(
    {
        EngagementPhase.FIELDWORK,
        EngagementPhase.EVALUATION,
        EngagementPhase.REPORTING,
        EngagementPhase.ISSUED,
    }
)
# The first report is approved in reporting, a revised one once the first was issued.
APPROVING = frozenset({EngagementPhase.REPORTING, EngagementPhase.ISSUED})


def digest_of(content: object) -> str:
    """The SHA-256 of a content, in hexadecimal: of its canonical JSON."""
    return hashlib.sha256(canonical(content)).hexdigest()


def is_draft(status: str) -> bool:
    """Whether what is rendered now is a draft, which says so on every page."""
    return status in {ReportStatus.DRAFT, ReportStatus.MANAGEMENT_REVIEW}


def is_rendered(report: AuditReport) -> bool:
    """Whether the files are of the content as it is, and drafts only while it is one."""
    return (report.rendered_content, report.rendered_as_draft) == (report.content_sha256, is_draft(report.status))
