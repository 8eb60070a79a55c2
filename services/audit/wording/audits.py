"""The report of an audit against ISO/IEC 27001: what it consists of, and what it says (ISO/IEC 17021-1 and ISO 19011).

Findings and conformity, never an opinion. Whether a certificate is granted is decided by others, in another record.
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field

from services.audit.description.described_engagements.schemas import Ref
from services.audit.printing.blocks import (
    Block,
    Column,
    Cover,
    Document,
    Facts,
    Heading,
    Items,
    Look,
    Paragraph,
    Part,
    Signature,
    Table,
    paragraphs_of,
    rows_of,
)
from services.audit.wording.contents import Strict
from services.audit.wording.phrases import day_of, plural, sentence
from shared.http.fields import Code, Day, LongProse, Prose, Title
from shared.problems import Fault


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


class AuditFinding(Strict):
    """A finding with the evidence for it, against a clause or a control of Annex A."""

    number: Code
    grade: FindingGrade
    clause: Ref = Field(examples=["A.8.8"])
    statement: Prose
    evidence: Prose
    response: Prose | None = Field(default=None, description="Correction, cause and corrective action, as agreed")


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
    findings: list[AuditFinding] = Field(default=[], max_length=500)
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


_TITLES = {
    AuditKind.INTERNAL: "Internal Audit Report",
    AuditKind.STAGE1: "Stage 1 Audit Report",
    AuditKind.STAGE2: "Stage 2 Audit Report",
    AuditKind.SURVEILLANCE: "Surveillance Audit Report",
    AuditKind.RECERTIFICATION: "Recertification Audit Report",
}
_GRADES = {
    FindingGrade.MAJOR: ("Major nonconformity", "Major nonconformities"),
    FindingGrade.MINOR: ("Minor nonconformity", "Minor nonconformities"),
    FindingGrade.OPPORTUNITY: ("Opportunity for improvement", "Opportunities for improvement"),
    FindingGrade.CONCERN: ("Area of concern", "Areas of concern"),
}
_RECOMMENDED = {
    AuditKind.INTERNAL: frozenset({AuditRecommendation.NONE}),
    AuditKind.STAGE1: frozenset({AuditRecommendation.PROCEED, AuditRecommendation.NOT_PROCEED}),
}
_DECISIONS = frozenset({AuditRecommendation.GRANT, AuditRecommendation.GRANT_AFTER_CLOSURE, AuditRecommendation.REFUSE})
_CRITERIA = "ISO/IEC 27001:2022 with Amendment 1:2024, the documents of the management system, and {applicability}"


def faults_of(content: AuditContent) -> Iterator[Fault]:
    """What does not hold together: grades and recommendations of another kind of audit, dates, numbers given twice."""
    if content.last_day < content.first_day:
        yield Fault("/last_day", "lies before the first day")
    if content.report_date is not None and content.report_date < content.last_day:
        yield Fault("/report_date", "lies before the last day of the audit")
    if content.recommendation not in _RECOMMENDED.get(content.kind, _DECISIONS):
        yield Fault("/recommendation", f"not of a {content.kind} audit")
    numbers = Counter(each.number for each in content.findings)
    yield from (Fault("/findings", f"names {number} twice") for number, count in numbers.items() if count > 1)
    stage1 = content.kind == AuditKind.STAGE1
    for place, finding in enumerate(content.findings):
        if finding.grade != FindingGrade.OPPORTUNITY and (finding.grade == FindingGrade.CONCERN) != stage1:
            reason = "stage 1 has areas of concern" if stage1 else "areas of concern are of stage 1"
            yield Fault(f"/findings/{place}/grade", reason)
    if content.recommendation == AuditRecommendation.GRANT and any(
        each.grade in {FindingGrade.MAJOR, FindingGrade.MINOR} for each in content.findings
    ):
        yield Fault(
            "/recommendation", "nonconformities have to be closed, or their corrective actions accepted, before"
        )


def document_of(content: AuditContent, *, draft: bool) -> Document:
    """The report as a document."""
    title = _TITLES[content.kind]
    span = f"{day_of(content.first_day)} to {day_of(content.last_day)}"
    cover = Cover(title, content.auditee, ("ISO/IEC 27001:2022", f"Audited {span}"), f"Audited by {content.body}")
    parts = (
        Part("1. The Audit", tuple(_audit(content, span))),
        Part("2. What Was Audited", tuple(_audited(content))),
        Part("3. Findings", tuple(_findings(content)), wide=True),
        Part("4. Conclusions", tuple(_conclusions(content))),
    )
    running = f"{content.auditee}: {title}, ISO/IEC 27001:2022"
    return Document(
        f"{content.auditee}: {title}", content.body, Look.AUDIT, cover, parts, running, "DRAFT" if draft else None
    )


def _audit(content: AuditContent, span: str) -> Iterator[Block]:
    yield Facts(
        (
            ("Organization", content.auditee),
            ("Audited by", content.body),
            ("Criteria", _CRITERIA.format(applicability=content.applicability)),
            ("Dates", span),
            ("Sites", "\n".join(content.sites)),
        )
    )
    yield Heading("Objectives")
    yield Items(tuple(content.objectives))
    yield Heading("Scope of the Management System")
    yield from paragraphs_of(content.scope)
    yield Heading("Audit Team")
    team = rows_of([(each.name, each.role) for each in content.team])
    yield Table("Audit team", (Column("Name", 50), Column("Role", 50)), team)
    yield Heading("Method")
    yield Paragraph(
        "The audit was based on samples of documents, records, and activities that were available at the time, and on"
        " interviews. Nonconformities may exist that the audit did not find."
    )


def _audited(content: AuditContent) -> Iterator[Block]:
    yield Heading("Summary")
    yield from paragraphs_of(content.summary)
    if content.areas:
        yield Heading("Areas")
    for each in content.areas:
        yield Heading(each.area, level=3)
        yield Facts((("Clauses and controls", each.clauses),))
        yield from paragraphs_of(each.seen)


def _findings(content: AuditContent) -> Iterator[Block]:
    counts = Counter(each.grade for each in content.findings)
    stage1 = content.kind == AuditKind.STAGE1
    graded = (
        (FindingGrade.CONCERN, FindingGrade.OPPORTUNITY)
        if stage1
        else (FindingGrade.MAJOR, FindingGrade.MINOR, FindingGrade.OPPORTUNITY)
    )
    yield Facts(tuple((_GRADES[grade][1], str(counts[grade])) for grade in graded))
    for grade in graded:
        found = [each for each in content.findings if each.grade == grade]
        if not found:
            continue
        yield Heading(plural(len(found), *_GRADES[grade]))
        heads = (
            Column("No.", 8),
            Column("Clause", 10),
            Column("Finding", 30),
            Column("Evidence", 26),
            Column("Response", 26),
        )
        rows = [(each.number, each.clause, each.statement, each.evidence, each.response or "–") for each in found]
        yield Table(_GRADES[grade][1], heads, rows_of(rows))


def _conclusions(content: AuditContent) -> Iterator[Block]:
    met = "were met" if content.objectives_were_met else "were not met in full"
    appropriate = "is appropriate" if content.scope_is_appropriate else "is not appropriate"
    yield Paragraph(f"The objectives of the audit {met}. The scope of the management system {appropriate}.")
    if content.unresolved:
        yield Heading("Issues That Were Not Resolved")
        yield Items(tuple(sentence(each) for each in content.unresolved))
    if content.recommendation != AuditRecommendation.NONE:
        yield Heading("Recommendation")
        yield Paragraph(_recommended(content))
    lead = content.team[0]
    dated = day_of(content.report_date) if content.report_date else "[date of the report]"
    yield Signature((lead.name, f"{lead.role}, {content.body}", dated))


def _recommended(content: AuditContent) -> str:
    certificate = {
        AuditKind.SURVEILLANCE: "that certification be maintained",
        AuditKind.RECERTIFICATION: "that certification be renewed",
    }.get(content.kind, "that certification be granted")
    closed = (
        "once major nonconformities have been verified as closed and the corrective actions for minor ones accepted"
    )
    said = {
        AuditRecommendation.PROCEED: "The audit team recommends to proceed to stage 2.",
        AuditRecommendation.NOT_PROCEED: "The audit team does not recommend to proceed to stage 2 before the areas of"
        " concern have been resolved.",
        AuditRecommendation.GRANT: f"The audit team recommends {certificate}.",
        AuditRecommendation.GRANT_AFTER_CLOSURE: f"The audit team recommends {certificate}, {closed}.",
        AuditRecommendation.REFUSE: f"The audit team does not recommend {certificate}.",
    }[content.recommendation]
    if content.kind == AuditKind.STAGE1:
        return said
    return f"{said} The decision is taken by people of {content.body} who did not take part in the audit."
