"""A report as a document: its cover and its sections, whichever kind it is."""

from collections.abc import Iterator
from dataclasses import replace

from services.audit.wording import assertions, assessments, audits, soc3, soc_faults, tests_of_controls
from services.audit.wording.assertions import section_assertion
from services.audit.wording.assessments import ReadinessContent
from services.audit.wording.audit_contents import AuditContent
from services.audit.wording.contents import SocContent
from services.audit.wording.descriptions import section_description
from services.audit.wording.frame import Frame, Section
from services.audit.wording.other_information import section_other
from services.audit.wording.soc_report import TITLE, section_report
from services.audit.wording.soc_scope import OTHER_TITLE
from services.audit.wording.tests_of_controls import section_controls
from shared.printing.blocks import Cover, Document, Look, Part
from shared.problems import Fault

DRAFT = "DRAFT"
ReportContent = SocContent | AuditContent | ReadinessContent


def faults_of(content: ReportContent) -> list[Fault]:
    """What does not hold together, so that the report cannot be printed."""
    match content:
        case SocContent():
            return list(soc_faults.faults_of(content))
        case AuditContent():
            return list(audits.faults_of(content))
        case ReadinessContent():
            return list(assessments.faults_of(content))


def document_of(content: ReportContent, *, draft: bool) -> Document:
    """The report as a document; a draft says across every page that it is one. The content has no faults."""
    match content:
        case SocContent():
            return _soc(Frame(content), draft=draft)
        case AuditContent():
            return audits.document_of(content, draft=draft)
        case ReadinessContent():
            return assessments.document_of(content, draft=draft)


def as_revised(document: Document, number: int) -> Document:
    """The document of a report that takes the place of an issued one: its cover and every page say so."""
    assert document.cover, "a report has a cover"
    said = f"Revised report, no. {number}"
    cover = replace(document.cover, lines=(*document.cover.lines, said))
    return replace(document, cover=cover, running=f"{document.running}. {said}")


def _soc(frame: Frame, *, draft: bool) -> Document:
    name = _name(frame)
    parts = soc3.parts_of(frame) if frame.is_soc3 else tuple(_sections(frame))
    return Document(
        title=f"{frame.org}: {name}",
        author=frame.content.firm,
        look=Look.GENERAL_USE if frame.is_soc3 else Look.ATTESTATION,
        cover=Cover(name, frame.org, tuple(_lines(frame)), f"Independent Service Auditor: {frame.content.firm}"),
        parts=parts,
        running=f"{frame.org}: {name}",
        watermark=DRAFT if draft else None,
    )


def _name(frame: Frame) -> str:
    if frame.is_soc3:
        return "SOC 3 Report"
    return f"SOC {1 if frame.is_soc1 else 2} Type {2 if frame.is_type2 else 1} Report"


def _lines(frame: Frame) -> Iterator[str]:
    span = frame.span[0].upper() + frame.span[1:]
    if frame.is_soc3:
        yield f"On the effectiveness of the controls within the {frame.content.system}"
        yield f"Relevant to {_titled(frame.categories)}"
        yield span.replace("The period", "For the period")
        return
    yield f"On the description of the {frame.content.system} and on {frame.what_was_judged} of its controls"
    if not frame.is_soc1:
        yield f"Relevant to {_titled(frame.categories)}"
    yield f"As of {frame.span}" if not frame.is_type2 else f"Throughout {frame.span}"
    yield f"Use of this report is restricted: see {frame.section(Section.REPORT)}."


def _titled(categories: str) -> str:
    """The categories as a title has them."""
    return " ".join(word if word == "and" else word.capitalize() for word in categories.split())


def _sections(frame: Frame) -> Iterator[Part]:
    for section in frame.sections:
        number = frame.section(section)
        match section:
            case Section.REPORT:
                yield Part(f"{number}: {TITLE}", tuple(section_report(frame)))
            case Section.ASSERTION:
                yield Part(f"{number}: {assertions.title_of(frame)}", tuple(section_assertion(frame)))
            case Section.DESCRIPTION:
                title = f"{number}: Description of the {frame.content.system}"
                yield Part(title, tuple(section_description(frame)))
            case Section.CONTROLS:
                title = f"{number}: {tests_of_controls.title_of(frame)}"
                yield Part(title, tuple(section_controls(frame)), wide=True)
            case Section.OTHER:
                yield Part(f"{number}: {OTHER_TITLE}", tuple(section_other(frame)))
