"""What the audit service announces of findings: in the firm's chain, and in the client's what the client may know."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutFinding(Event):
    """Every event about a finding says of which control, and how far it has come."""

    engagement_id: UUID
    control_id: UUID
    control_code: str
    title: str
    status: str


class FindingDrafted(AboutFinding):
    """The firm drafted a finding; the client does not know of it."""

    name: ClassVar[str] = "audit.finding.drafted"


class FindingRevised(AboutFinding):
    """A draft changed, or what compensates the deficiency."""

    name: ClassVar[str] = "audit.finding.revised"


class FindingCommunicated(AboutFinding):
    """The finding was communicated to the client."""

    name: ClassVar[str] = "audit.finding.communicated"


class FindingResponded(AboutFinding):
    """Management responded; the opinion does not cover it."""

    name: ClassVar[str] = "audit.finding.responded"


class FindingConcluded(AboutFinding):
    """The firm said what the deficiency means; the reason is that conclusion."""

    name: ClassVar[str] = "audit.finding.concluded"


class FindingWithdrawn(AboutFinding):
    """It is no finding, for the reason given."""

    name: ClassVar[str] = "audit.finding.withdrawn"


class AboutRemediation(Event):
    """Every event about what was done about a finding says of which, since which day, and what the firm decided."""

    engagement_id: UUID
    finding_id: UUID
    control_id: UUID
    status: str
    done_on: date


class FindingRemediated(AboutRemediation):
    """Management stated what was done about a finding. The finding and its period stay as they are."""

    name: ClassVar[str] = "audit.finding_remediation.stated"


class FindingRemediationDecided(AboutRemediation):
    """The firm verified or rejected it, for the reason given."""

    name: ClassVar[str] = "audit.finding_remediation.decided"
