from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.risk.vendors.assurance_reports.models import (
    AssuranceKind,
    AssuranceStatus,
    AssuranceType,
    AuditorsOpinion,
    Reliance,
)
from shared.http.fields import ActedBy, Day, Input, Prose, Title

Page = Annotated[str | None, Field(default=None, max_length=40, examples=["p. 37"], description="Where it is found")]


class OpinionOn(Input):
    """What the auditor said of one subject matter, such as the description, the design or the operation."""

    matter: Title = Field(examples=["Operating effectiveness, security"])
    opinion: AuditorsOpinion
    basis: Prose | None = Field(default=None, description="Of a modified opinion: its basis, needed then")
    page: Page


class ReportedException(Input):
    """A deviation that the auditor reported."""

    control: Title = Field(examples=["CC6.3-2 Access is removed within a day"])
    description: Prose = Field(examples=["Of 25 leavers, 2 kept access for more than a day."])
    response: Prose | None = Field(default=None, description="What the vendor answered")
    relied_on: bool = Field(description="Whether we rely on this control")
    page: Page


class FourthParty(Input):
    """A subservice organisation of the vendor."""

    name: Title = Field(examples=["Example Data Centres Ltd"])
    carved_out: bool = Field(description="Whether its controls are left out of the report")
    own_report_needed: bool = Field(description="Whether we need a report of its own")


class AssuranceReportDraft(Input):
    """A report as it was received."""

    kind: AssuranceKind
    report_type: AssuranceType | None = Field(default=None, description="Of a SOC 1 or SOC 2 report, needed then")
    title: Title = Field(examples=["SOC 2 Type 2 report 2025"])
    auditor: Title = Field(examples=["Hale & Partners LLP"], description="The firm, or the certification body")
    system: Prose = Field(examples=["Example Hosting, virtual machines"], description="System and services, or scope")
    categories: list[Title] = Field(default=[], max_length=20, examples=[["security", "availability"]])
    period_start: Day | None = Field(default=None, description="The first day; null for a type 1 report")
    period_end: Day = Field(description="The last day; of a type 1 report its day, of a certificate its last valid one")
    evidence_id: UUID | None = Field(default=None, description="The file, which stays with the evidence service")
    subject_matters: list[OpinionOn] = Field(min_length=1, max_length=20)
    exceptions: list[ReportedException] = Field(default=[], max_length=200)
    subservice_organisations: list[FourthParty] = Field(default=[], max_length=100)
    supersedes: UUID | None = Field(
        default=None, description="An earlier report of this vendor, which is superseded once this one is reviewed"
    )


class AssuranceReportRevision(Input):
    """What to change of a report that is not reviewed yet; members left out stay as they are."""

    title: Title | None = None
    auditor: Title | None = None
    system: Prose | None = None
    categories: list[Title] | None = Field(default=None, max_length=20)
    evidence_id: UUID | None = None
    subject_matters: list[OpinionOn] | None = Field(default=None, min_length=1, max_length=20)
    exceptions: list[ReportedException] | None = Field(default=None, max_length=200)
    subservice_organisations: list[FourthParty] | None = Field(default=None, max_length=100)


class ChecklistFinding(StrEnum):
    """What the reviewer found for one point of the checklist."""

    SATISFIED = "satisfied"
    ISSUE = "issue"
    NOT_APPLICABLE = "not_applicable"


class ChecklistCode(StrEnum):
    """The points of the checklist."""

    AUTHENTIC = "authentic"
    AUDITOR = "auditor"
    GENERIC_TEXT = "generic_text"
    KIND_AND_TYPE = "kind_and_type"
    SYSTEM = "system"
    CATEGORIES = "categories"
    PERIOD = "period"
    OPINIONS = "opinions"
    EXCEPTIONS = "exceptions"
    NOT_TESTED = "not_tested"
    SAMPLING = "sampling"
    FOURTH_PARTIES = "fourth_parties"
    USER_CONTROLS = "user_controls"
    SUBSERVICE_CONTROLS = "subservice_controls"
    INCIDENTS = "incidents"
    CHANGES = "changes"
    LEFT_OUT_CRITERIA = "left_out_criteria"
    UNAUDITED_PART = "unaudited_part"
    ACCREDITATION = "accreditation"
    CERTIFIED_SCOPE = "certified_scope"
    APPLICABILITY = "applicability"
    VALIDITY = "validity"


class ChecklistAnswer(Input):
    """What was found for one point, and where in the report."""

    code: ChecklistCode
    finding: ChecklistFinding
    note: Prose | None = Field(default=None, description="Needed for an issue, and for what does not apply")
    page: Page


class Checklist(Input):
    """The answers so far; they replace those of the same points."""

    answers: list[ChecklistAnswer] = Field(min_length=1, max_length=50)


class ReportConclusion(Input):
    """How far we rely on a report, and why."""

    reliance: Reliance
    conclusion: Prose = Field(examples=["We rely on it but for access removal, which we watch ourselves."])


class ReceivedLetterDraft(Input):
    """A letter of the vendor's management on the time after its report."""

    covers_from: Day = Field(description="The first day; not later than the day after the report's period")
    covers_until: Day = Field(description="The last day; three months at most")
    signed_by: Title = Field(examples=["Sam Cole"])
    signer_role: Title = Field(examples=["Chief information security officer"])
    by_management: bool = Field(description="Whether the vendor's management signed it; an auditor cannot")
    signed_on: Day
    material_changes: bool
    incidents: bool
    note: Prose | None = Field(default=None, description="Needed where it names changes or incidents")
    evidence_id: UUID | None = None


class ReceivedLetterOut(BaseModel):
    covers_from: date
    covers_until: date
    signed_by: str
    signer_role: str
    by_management: bool
    signed_on: date
    material_changes: bool
    incidents: bool
    note: str | None
    evidence_id: UUID | None


class ChecklistItemOut(BaseModel):
    code: ChecklistCode
    question: str
    finding: ChecklistFinding | None
    note: str | None
    page: str | None


class AssuranceReportOut(BaseModel):
    id: UUID
    vendor_id: UUID
    vendor_name: str
    kind: AssuranceKind
    report_type: AssuranceType | None
    title: str
    auditor: str
    system: str
    categories: list[str]
    period_start: date | None
    period_end: date
    stale_on: date = Field(description="Twelve months after the period; of a certificate the day after it")
    stale: bool
    evidence_id: UUID | None
    subject_matters: list[OpinionOn]
    exceptions: list[ReportedException]
    subservice_organisations: list[FourthParty]
    bridge_letters: list[ReceivedLetterOut]
    checklist: list[ChecklistItemOut] = Field(description="The points for this kind of report, answered or not")
    supersedes: UUID | None
    status: AssuranceStatus
    reliance: Reliance | None
    conclusion: str | None
    reviewed_by: ActedBy | None
    reviewed_at: datetime | None
    filed_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
