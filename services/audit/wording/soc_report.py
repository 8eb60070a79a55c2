"""Section I: the independent service auditor's report of a SOC 1 or SOC 2 examination."""

from collections.abc import Iterator, Sequence

from services.audit.wording.frame import Frame
from services.audit.wording.paragraphs import Kind, Paragraphs
from services.audit.wording.phrases import day_of
from services.audit.wording.soc_opinion import opinion_of, restricted_use_of
from services.audit.wording.soc_responsibilities import responsibilities_of
from services.audit.wording.soc_scope import scope_of
from shared.printing.blocks import Block, Paragraph, Signature

TITLE = "Independent Service Auditor’s Report"
UNDATED = "[date of the report]"
UNPLACED = "[city, state]"


def letter_of(frame: Frame) -> Sequence[Paragraphs]:
    """Its paragraphs in order."""
    return [
        *scope_of(frame),
        *responsibilities_of(frame),
        *opinion_of(frame),
        restricted_use_of(frame),
        signature_of(frame),
    ]


def section_report(frame: Frame) -> Iterator[Block]:
    """The section with its addressee."""
    yield Paragraph(f"To: Management of {frame.org}")
    for paragraphs in letter_of(frame):
        yield from paragraphs.with_heading


def signature_of(frame: Frame) -> Paragraphs:
    """The firm signs in its own name, with its city and state, and the date of the report."""
    office, dated = frame.content.office, frame.content.report_date
    place = f"{office.city}, {office.state}" if office else UNPLACED
    lines = (frame.content.firm, place, day_of(dated) if dated else UNDATED)
    return Paragraphs(Kind.SIGNATURE, None, (Signature(lines),))
