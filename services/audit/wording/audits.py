"""The report of an audit against ISO/IEC 27001: what it consists of, and what it says (ISO/IEC 17021-1 and ISO 19011).

Findings and conformity, never an opinion. Whether a certificate is granted is decided by others, in another record.
"""

from collections import Counter
from collections.abc import Iterator

from services.audit.wording.audit_contents import (
    AuditContent,
    AuditFinding,
    AuditKind,
    AuditRecommendation,
    FindingGrade,
)
from services.audit.wording.phrases import day_of, plural, sentence
from shared.printing.blocks import (
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
from shared.problems import Fault

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
    numbers.update(each.number for each in content.opportunities)
    yield from (Fault("/opportunities", f"names {number} twice") for number, count in numbers.items() if count > 1)
    if content.recommendation == AuditRecommendation.GRANT and not all(each.is_settled for each in content.findings):
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
    counts = Counter(each.grade for each in _all(content))
    stage1 = content.kind == AuditKind.STAGE1
    if content.taken_up:
        yield Heading("From the Audit Before")
        yield _taken_up(content)
    graded = (
        (FindingGrade.CONCERN, FindingGrade.OPPORTUNITY)
        if stage1
        else (FindingGrade.MAJOR, FindingGrade.MINOR, FindingGrade.OPPORTUNITY)
    )
    yield Facts(tuple((_GRADES[grade][1], str(counts[grade])) for grade in graded))
    for grade in graded:
        found = [each for each in _all(content) if each.grade == grade]
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


def _all(content: AuditContent) -> Iterator[AuditFinding]:
    yield from content.findings
    for each in content.opportunities:
        yield AuditFinding(**each.model_dump(), grade=FindingGrade.OPPORTUNITY)


def _taken_up(content: AuditContent) -> Table:
    heads = (Column("No.", 8), Column("Finding", 16), Column("Clause", 10), Column("Statement", 33), Column("Now", 33))
    rows = [(each.number, each.what, each.clause, each.statement, each.outcome) for each in content.taken_up]
    return Table("What became of the findings of the audit before", heads, rows_of(rows))


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
