"""What the integrations service announces of vulnerabilities that result files report, and of their policy."""

from datetime import date
from typing import ClassVar

from shared.events.event import Event


class AboutFinding(Event):
    """Every event about a finding says which vulnerability a source reports at which place, and by when it is due."""

    source: str
    tool: str
    vulnerability: str
    place: str
    severity: str | None
    due_on: date | None


class FindingOpened(AboutFinding):
    """A source reported a vulnerability at a place for the first time."""

    name: ClassVar[str] = "integrations.vulnerability_finding.opened"


class FindingReopened(AboutFinding):
    """A vulnerability that was fixed or dismissed is reported again; `regressions` is how often it was fixed before."""

    name: ClassVar[str] = "integrations.vulnerability_finding.reopened"

    regressions: int


class FindingRevised(AboutFinding):
    """A vulnerability has another severity, and with it another due date."""

    name: ClassVar[str] = "integrations.vulnerability_finding.revised"


class FindingFixed(AboutFinding):
    """A vulnerability is fixed: the tool says so, or a run that covers the place no longer lists it."""

    name: ClassVar[str] = "integrations.vulnerability_finding.fixed"


class FindingDismissed(AboutFinding):
    """The tool says that a vulnerability does not matter at its place: not affected, or a false positive."""

    name: ClassVar[str] = "integrations.vulnerability_finding.dismissed"


class FindingOverdue(AboutFinding):
    """A vulnerability was not fixed by its due date."""

    name: ClassVar[str] = "integrations.vulnerability_finding.overdue"


class VulnerabilityPolicySet(Event):
    """By when vulnerabilities are to be fixed, in days by severity, for what is reported from now on."""

    name: ClassVar[str] = "integrations.vulnerability_policy.set"

    due_days: dict[str, int]
