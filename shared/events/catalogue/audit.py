"""What the audit service announces."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.event import Event


class AboutEngagement(Event):
    """Every event about an engagement says which, of what kind, and what it examines; its period is half-open.

    `firm_id` is the organisation of the auditing party, which reads what the scope shows while that is `readable`.
    `programme_id` is the client's programme that it is for. `accepted_at`, `fieldwork_at` and `issued_at` are when it
    was accepted, fieldwork began and the report was issued; null while that has not happened.
    """

    title: str
    kind: str
    phase: str
    firm_id: UUID | None
    readable: bool
    programme_id: UUID | None
    categories: list[str]
    proposed_at: datetime
    accepted_at: datetime | None
    fieldwork_at: datetime | None
    issued_at: datetime | None
    control_ids: list[UUID]
    covers_from: datetime
    covers_until: datetime
    asset_ids: list[UUID] = Field(default_factory=list)


class EngagementProposed(AboutEngagement):
    """An engagement was planned, which is proposed to nobody yet."""

    name: ClassVar[str] = "audit.engagement.proposed"


class EngagementRevised(AboutEngagement):
    """An engagement's details, its scope or the firm that it is proposed to changed, before fieldwork froze them."""

    name: ClassVar[str] = "audit.engagement.revised"


class EngagementMoved(AboutEngagement):
    """An engagement went on to another phase; going back, declining and withdrawing have a reason."""

    name: ClassVar[str] = "audit.engagement.moved"


class _Candidate(Event):
    """Every event about a candidate says on which engagement and control."""

    engagement_id: UUID
    control_id: UUID
    control_code: str | None
    nature: str


class CandidateRaised(_Candidate):
    """A control in the scope of an open engagement did not work; the auditor will evaluate it."""

    name: ClassVar[str] = "audit.candidate.raised"


class CandidateRiskNoted(_Candidate):
    """A risk that the failing control answers went above appetite: a consequence to weigh."""

    name: ClassVar[str] = "audit.candidate.risk_noted"

    risk_id: UUID
    risk_title: str
    level: str


class CandidateCorrected(_Candidate):
    """What was heard late changed the record: when the control failed or worked again, or which risks followed."""

    name: ClassVar[str] = "audit.candidate.corrected"


class CandidateRemediated(_Candidate):
    """The control works again. The candidate stays on the record: remediation does not undo the period."""

    name: ClassVar[str] = "audit.candidate.remediated"


class CandidateLapsed(_Candidate):
    """What was heard late showed that the control worked again before the date or the period; it stays in sight."""

    name: ClassVar[str] = "audit.candidate.lapsed"


class CandidateResponded(_Candidate):
    """Management responded; the response is not covered by the opinion."""

    name: ClassVar[str] = "audit.candidate.responded"


class CandidateConfirmed(_Candidate):
    """The auditing party found that it is a deviation."""

    name: ClassVar[str] = "audit.candidate.confirmed"


class CandidateDismissed(_Candidate):
    """The auditing party found that it is no deviation; the reason says why."""

    name: ClassVar[str] = "audit.candidate.dismissed"


class CandidateReopened(_Candidate):
    """The deviation that it was confirmed as was retracted: it has to be decided on again."""

    name: ClassVar[str] = "audit.candidate.reopened"
