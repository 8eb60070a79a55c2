"""What is known of issues, as the controls service announces it."""

from services.risk.indicators.known_issues.models import KnownIssue
from shared.events.catalogue.issues import (
    IssueActionPlanned,
    IssueAssigned,
    IssueClosed,
    IssueDueMoved,
    IssueOpened,
    IssueOverdue,
    IssueReopened,
    IssueResolved,
    IssueRevised,
)
from shared.events.replicas import Facet, Replica

_CLOSED = "closed"
_ABOUT_ISSUES = (
    IssueOpened,
    IssueRevised,
    IssueAssigned,
    IssueDueMoved,
    IssueActionPlanned,
    IssueResolved,
    IssueClosed,
    IssueReopened,
    IssueOverdue,
)

ISSUES = Replica(
    KnownIssue,
    Facet("version", _ABOUT_ISSUES, "control_ids", open=lambda heard: heard.event.status != _CLOSED),
)
