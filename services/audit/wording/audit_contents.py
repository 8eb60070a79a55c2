"""The content of the report of an audit against ISO/IEC 27001 (ISO/IEC 17021-1 and ISO 19011)."""

from enum import StrEnum

from pydantic import Field

from services.audit.description.described_engagements.schemas import Ref
from services.audit.wording.contents import Strict
from shared.http.fields import Code, Day, LongProse, Prose, Title


class AuditKind(StrEnum):
    INTERNAL = "iso27001_internal"
    STAGE1 = "iso27001_stage1"
    STAGE2 = "iso27001_stage2"
    SURVEILLANCE = "iso27001_surveillance"
    RECERTIFICATION = "iso27001_recertification"


class FindingGrade(StrEnum):
    """How a finding is graded. Stage 1 has areas of concern, and grades no nonconformities."""

    MAJOR = "major"
    MINOR = "minor"
    OPPORTUNITY = "opportunity"
    CONCERN = "concern"


class AuditRecommendation(StrEnum):
    """What the audit team recommends to those who decide."""

    NONE = "none"
    PROCEED = "proceed"
    NOT_PROCEED = "not_proceed"
    GRANT = "grant"
    GRANT_AFTER_CLOSURE = "grant_after_closure"
    REFUSE = "refuse"


class Opportunity(Strict):
    """An opportunity for improvement with what was seen. It asks for no answer."""

    number: Code
    clause: Ref = Field(examples=["A.8.8"])
    statement: Prose
    evidence: Prose


class AuditFinding(Strict):
    """A finding with the evidence for it, against a clause or a control of Annex A, as it is on record.

    `is_settled` is whether it stands against no certificate: a major nonconformity is verified, the plan for a minor
    one accepted.
    """

    number: Code
    grade: FindingGrade
    clause: Title
    statement: Prose
    evidence: Prose
    response: LongProse | None = Field(default=None, description="Correction, cause and corrective action, as agreed")
    is_settled: bool = False


class TakenUp(Strict):
    """What became of something that the audit before had found."""

    number: Code
    what: Title
    clause: Title
    statement: Prose
    outcome: LongProse


class AuditTeamMember(Strict):
    name: Title
    role: Title = Field(examples=["Lead auditor"])


class AuditedArea(Strict):
    """A process, department or site that was audited, and what was seen there."""

    area: Title
    clauses: Title = Field(examples=["7.2, 7.3, A.6.3"])
    seen: LongProse


class AuditWords(Strict):
    """What the auditing party says in the report of an ISO/IEC 27001 audit. The first of the team leads it."""

    objectives: list[Prose] = Field(min_length=1, max_length=20)
    scope: LongProse
    applicability: Title = Field(examples=["Statement of Applicability 3.0 of March 2, 2026"])
    sites: list[Title] = Field(min_length=1, max_length=100)
    team: list[AuditTeamMember] = Field(min_length=1, max_length=30)
    report_date: Day | None = None
    summary: LongProse
    areas: list[AuditedArea] = Field(default=[], max_length=200)
    opportunities: list[Opportunity] = Field(
        default=[], max_length=500, description="Nonconformities and areas of concern are taken from their records"
    )
    scope_is_appropriate: bool
    objectives_were_met: bool
    recommendation: AuditRecommendation
    unresolved: list[Prose] = Field(default=[], max_length=50)


class AuditContent(AuditWords):
    """All that the report of an ISO/IEC 27001 audit says."""

    kind: AuditKind
    auditee: Title
    body: Title = Field(description="The certification body; in an internal audit the auditing department or firm")
    first_day: Day
    last_day: Day
    findings: list[AuditFinding] = Field(max_length=2000)
    taken_up: list[TakenUp] = Field(default=[], max_length=2000)
