"""What the risk service announces of risk assessments."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.event import Event


class AboutRiskAssessment(Event):
    """Every event about an assessment says what it is called, whose it is, who rates, and how far it is."""

    title: str
    status: str
    criteria: list[str]
    lead_id: UUID
    participant_ids: list[UUID]
    due_on: date
    progress: dict[str, int]
    approver_ids: list[UUID] = Field(default_factory=list)


class RiskAssessmentDrafted(AboutRiskAssessment):
    """An assessment was drafted."""

    name: ClassVar[str] = "risk.assessment.drafted"


class RiskAssessmentRevised(AboutRiskAssessment):
    """An assessment was changed; after its start only people and due day can be."""

    name: ClassVar[str] = "risk.assessment.revised"


class RiskAssessmentStarted(AboutRiskAssessment):
    """The scope of an assessment was frozen; participants can rate."""

    name: ClassVar[str] = "risk.assessment.started"


class RiskAssessmentSubmitted(AboutRiskAssessment):
    """Every risk of an assessment is rated, and none is disputed: it waits for approval."""

    name: ClassVar[str] = "risk.assessment.submitted"


class RiskAssessmentApprovalGiven(AboutRiskAssessment):
    """Somebody who rated nothing approved an assessment; others may have to."""

    name: ClassVar[str] = "risk.assessment.approval_given"


class RiskAssessmentApproved(AboutRiskAssessment):
    """As many people approved an assessment as it needs."""

    name: ClassVar[str] = "risk.assessment.approved"


class RiskAssessmentReturned(AboutRiskAssessment):
    """An assessment was returned to its participants; the reason says why."""

    name: ClassVar[str] = "risk.assessment.returned"


class RiskAssessmentCompleted(AboutRiskAssessment):
    """An assessment was applied to the register; `digest` is of its record."""

    name: ClassVar[str] = "risk.assessment.completed"

    digest: str


class RiskAssessmentCancelled(AboutRiskAssessment):
    """An assessment was given up."""

    name: ClassVar[str] = "risk.assessment.cancelled"


class RiskAssessmentDueSoon(AboutRiskAssessment):
    """An assessment is due in seven days or less, and is not completed."""

    name: ClassVar[str] = "risk.assessment.due_soon"


class RiskAssessmentOverdue(AboutRiskAssessment):
    """The due day of an assessment is over, and it is not completed."""

    name: ClassVar[str] = "risk.assessment.overdue"


class AboutAssessedRisk(Event):
    """Every event about a risk of an assessment says which, and what its state is there."""

    assessment_id: UUID
    risk_id: UUID
    risk_code: str
    status: str


class AssessedRiskRated(AboutAssessedRisk):
    """A participant rated a risk of an assessment, or rated it otherwise than before; the reason is the comment."""

    name: ClassVar[str] = "risk.assessed_risk.rated"

    likelihood: int
    impact: int


class AssessedRiskConfirmed(AboutAssessedRisk):
    """As many participants rated a risk alike as the assessment needs."""

    name: ClassVar[str] = "risk.assessed_risk.confirmed"


class AssessedRiskDisputed(AboutAssessedRisk):
    """Two participants rated a risk differently."""

    name: ClassVar[str] = "risk.assessed_risk.disputed"


class AssessedRiskResolved(AboutAssessedRisk):
    """Somebody who had not rated a disputed risk decided what it is rated."""

    name: ClassVar[str] = "risk.assessed_risk.resolved"

    likelihood: int
    impact: int
