"""A readiness assessment: a list of gaps before an examination. Nobody attests anything in it, and it says so."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

from pydantic import Field

from services.audit.description.described_engagements.schemas import Ref
from services.audit.wording.contents import Strict
from services.audit.wording.phrases import day_of
from shared.http.fields import Code, Day, LongProse, Prose, Title
from shared.printing.blocks import (
    Block,
    Column,
    Cover,
    Document,
    Facts,
    Heading,
    Look,
    Paragraph,
    Part,
    Table,
    Tone,
    paragraphs_of,
    rows_of,
)
from shared.problems import Fault

WATERMARK = "NOT AN ATTESTATION REPORT"


class GapPriority(StrEnum):
    """How soon a gap has to be closed for the target."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ReadinessGap(Strict):
    """What is missing for a requirement. How it is closed is management's to decide."""

    number: Code
    requirement: Ref = Field(examples=["CC6.1"])
    subject: Title
    gap: Prose
    priority: GapPriority


class ReadinessWords(Strict):
    """What whoever assesses readiness says."""

    target: Title = Field(examples=["SOC 2 Type 2, security and availability"])
    report_date: Day | None = None
    basis: LongProse = Field(description="What was looked at, and how")
    gaps: list[ReadinessGap] = Field(default=[], max_length=2000)


class ReadinessContent(ReadinessWords):
    """All that a readiness report says."""

    kind: Literal["readiness"] = "readiness"
    organization: Title
    assessor: Title
    assessed_on: Day


_PRIORITIES = {
    GapPriority.HIGH: "High: has to be closed before the period begins or the date is reached",
    GapPriority.MEDIUM: "Medium: has to be closed soon after",
    GapPriority.LOW: "Low: improves what is there",
}


def faults_of(content: ReadinessContent) -> Iterator[Fault]:
    """What does not hold together."""
    if content.report_date is not None and content.report_date < content.assessed_on:
        yield Fault("/report_date", "lies before the day of the assessment")
    numbers = Counter(each.number for each in content.gaps)
    yield from (Fault("/gaps", f"names {number} twice") for number, count in numbers.items() if count > 1)


def document_of(content: ReadinessContent, *, draft: bool) -> Document:
    """The gap list as a document. Its watermark never goes away."""
    title = "Readiness Assessment"
    span = f"As of {day_of(content.assessed_on)}"
    cover = Cover(title, content.organization, (f"Target: {content.target}", span), f"Assessed by {content.assessor}")
    parts = (
        Part("1. About This Assessment", tuple(_about(content))),
        Part("2. Gaps", tuple(_gaps(content)), wide=True),
    )
    mark = f"DRAFT, {WATERMARK}" if draft else WATERMARK
    running = f"{content.organization}: {title}"
    return Document(running, content.assessor, Look.ASSESSMENT, cover, parts, running, mark)


def _about(content: ReadinessContent) -> Iterator[Block]:
    yield Paragraph(
        "This is a list of gaps, made to prepare for an examination. It is not an attestation report: it gives no"
        f" assurance about the controls of {content.organization}, and it may not be given to others as if it did.",
        Tone.NOTE,
    )
    yield Facts(
        (
            ("Organization", content.organization),
            ("Assessed by", content.assessor),
            ("Target", content.target),
            ("As of", day_of(content.assessed_on)),
            *((("Report of", day_of(content.report_date)),) if content.report_date else ()),
        )
    )
    yield Heading("Basis")
    yield from paragraphs_of(content.basis)
    yield Paragraph(
        "Decisions about the design and the operation of controls, and how a gap is closed, are management’s alone."
    )
    yield Heading("Gaps by Priority")
    counts = Counter(each.priority for each in content.gaps)
    lines = rows_of([(text, str(counts[priority])) for priority, text in _PRIORITIES.items()])
    yield Table("Gaps by priority", (Column("Priority", 80), Column("Gaps", 20)), lines)


def _gaps(content: ReadinessContent) -> Iterator[Block]:
    if not content.gaps:
        yield Paragraph("No gaps were found in what was looked at.")
        return
    order = tuple(GapPriority)
    found = sorted(content.gaps, key=lambda gap: order.index(gap.priority))
    heads = (
        Column("No.", 8),
        Column("Requirement", 14),
        Column("Subject", 24),
        Column("Gap", 42),
        Column("Priority", 12),
    )
    rows = [(each.number, each.requirement, each.subject, each.gap, each.priority.capitalize()) for each in found]
    yield Table("Gaps", heads, rows_of(rows))
