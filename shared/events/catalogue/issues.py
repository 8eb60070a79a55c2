"""What the controls service announces of issues."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.catalogue.controls import Severity
from shared.events.event import Event


class _About(Event):
    """Every event about an issue says which controls it is about, how severe it is, whose, and due on which day."""

    title: str
    control_ids: list[UUID]
    severity: Severity
    status: str
    owner_id: UUID
    due_on: date


class IssueOpened(_About):
    """A deficiency of a control was put on record."""

    name: ClassVar[str] = "controls.issue.opened"

    source: str
    source_reference: str | None


class IssueRevised(_About):
    """What is said of an issue changed."""

    name: ClassVar[str] = "controls.issue.revised"


class IssueAssigned(_About):
    """An issue has another owner."""

    name: ClassVar[str] = "controls.issue.assigned"

    owner_id_before: UUID


class IssueDueMoved(_About):
    """An issue is due on another day than before, with a reason."""

    name: ClassVar[str] = "controls.issue.due_moved"

    due_before: date


class IssueActionPlanned(_About):
    """The root cause of an issue and the corrective action were put down."""

    name: ClassVar[str] = "controls.issue.action_planned"


class IssueResolved(_About):
    """An issue is claimed to be corrected; someone else will check whether the correction works."""

    name: ClassVar[str] = "controls.issue.resolved"


class IssueClosed(_About):
    """An issue was closed: verified as corrected, its risk accepted, or a duplicate of another."""

    name: ClassVar[str] = "controls.issue.closed"

    outcome: str


class IssueReopened(_About):
    """An issue is open again: the correction did not work, or, as a regression, the cause is back after it had."""

    name: ClassVar[str] = "controls.issue.reopened"

    regression: bool
    regressions: int


class IssueOverdue(_About):
    """An issue was not resolved by its due date."""

    name: ClassVar[str] = "controls.issue.overdue"


class IssuePolicySet(Event):
    """The organisation put a policy for its issues in force; days by severity."""

    name: ClassVar[str] = "controls.issue_policy.set"

    due_days: dict[str, int]
