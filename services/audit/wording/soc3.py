"""A SOC 3 report: for general use, on management's assertion that the controls were effective throughout the period.

It has no description by the description criteria, no list of controls, no tests, and no restriction of its use.
"""

from collections.abc import Iterator

from services.audit.description.description_parts.models import DescriptionPart as P
from services.audit.wording.assertions import managements_signature
from services.audit.wording.contents import OpinionKind, SubjectMatter
from services.audit.wording.frame import Frame, Section
from services.audit.wording.phrases import listed, plural, sentence
from services.audit.wording.soc_opinion import UNDECIDED
from services.audit.wording.soc_report import TITLE, signature_of
from services.audit.wording.soc_scope import TRUST_CRITERIA
from shared.printing.blocks import Block, Heading, Items, Paragraph, Part, paragraphs_of

_BOUNDARIES = {
    P.SERVICES: "Services",
    P.BOUNDARIES: "Boundaries",
    P.INFRASTRUCTURE: "Infrastructure",
    P.SOFTWARE: "Software",
    P.PEOPLE: "People",
    P.PROCEDURES: "Procedures",
    P.DATA: "Data",
}
_STANDARDS = "attestation standards established by the American Institute of Certified Public Accountants (AICPA)"


def parts_of(frame: Frame) -> tuple[Part, ...]:
    """The report, the assertion, and two attachments."""
    return (
        Part(f"{frame.section(Section.REPORT)}: {TITLE}", tuple(_report(frame))),
        Part(f"{frame.section(Section.ASSERTION)}: {assertion_title(frame)}", tuple(_assertion(frame))),
        Part(f"Attachment A: Boundaries of the {frame.content.system}", tuple(_boundaries(frame))),
        Part("Attachment B: Principal Service Commitments and System Requirements", tuple(_commitments(frame))),
    )


def assertion_title(frame: Frame) -> str:
    return f"Assertion of the Management of {frame.org}"


def overall_of(frame: Frame) -> OpinionKind:
    """The opinion on the assertion: the graver of those on design and operation."""
    gravity = tuple(OpinionKind)
    kinds = (each.kind for each in frame.judgements if each.subject != SubjectMatter.DESCRIPTION)
    return max(kinds, key=gravity.index, default=OpinionKind.UNMODIFIED)


def _claim(frame: Frame) -> str:
    return (
        f"the controls within the {frame.content.system} of {frame.org} were effective {frame.time} to provide"
        f" reasonable assurance that {frame.goal('were achieved')}"
    )


def _report(frame: Frame) -> Iterator[Block]:
    overall = overall_of(frame)
    disclaimed = overall == OpinionKind.DISCLAIMER
    yield Paragraph(f"To: Management of {frame.org}")
    yield Heading("Scope")
    yield Paragraph(
        f"We {'were engaged to examine' if disclaimed else 'have examined'} the assertion of management of {frame.org}"
        f" in {frame.section(Section.ASSERTION)} (the “assertion”) that the controls within the {frame.content.system}"
        f" were effective {frame.time} to provide reasonable assurance that {frame.orgs} service commitments and"
        f" system requirements were achieved based on the trust services criteria relevant to {frame.categories} in"
        f" {TRUST_CRITERIA} (the “applicable trust services criteria”)."
    )
    yield from (Paragraph(text) for text in _others(frame))
    yield Heading("Service Organization’s Responsibilities")
    yield Paragraph(
        f"{frame.org} is responsible for its service commitments and system requirements, and for designing,"
        " implementing, and operating effective controls that provide reasonable assurance that"
        f" {frame.goal('are achieved')}. Management has made the assertion and is responsible for it, for selecting"
        " the applicable trust services criteria, for identifying the risks to the achievement of the service"
        " commitments and system requirements, and for having a reasonable basis for the assertion by assessing the"
        " effectiveness of the controls."
    )
    yield Heading("Service Auditor’s Responsibilities")
    yield from _auditors(frame, overall)
    yield Heading("Inherent Limitations")
    yield Paragraph(
        "Internal control, however well designed, has inherent limitations: people err, and controls can be"
        " circumvented. Controls may therefore not always provide reasonable assurance that"
        f" {frame.goal('are achieved')}. To project any conclusion about the effectiveness of controls to the future"
        " is subject to the risk that controls become inadequate because conditions change, or that policies and"
        " procedures are followed to a lesser degree."
    )
    yield from _opinion(frame, overall)
    yield from signature_of(frame).blocks


def _others(frame: Frame) -> Iterator[str]:
    if frame.carved_out:
        names = listed([frame.name_of(each.id) for each in frame.carved_out])
        organizations = plural(len(frame.carved_out), "organization", "organizations")
        yield (
            f"{frame.org} uses {names} as {_as(len(frame.carved_out))}. The service commitments and system requirements"
            " can be achieved only if complementary controls that are assumed of the subservice"
            f" {organizations} operate effectively as well. These controls are outside the boundaries of the system,"
            " and we have not evaluated them."
        )
    if frame.included:
        names = listed([frame.name_of(each.id) for each in frame.included])
        whose = "whose part of the system is within its boundaries"
        yield f"{frame.org} uses {names} as {_as(len(frame.included))}, {whose}."
    if frame.has_user_controls:
        yield (
            "The service commitments and system requirements can be achieved only if user entities operate the"
            f" complementary controls that {frame.org} assumed in the design of its controls. We have not evaluated"
            " these."
        )


def _as(count: int) -> str:
    return plural(count, "a subservice organization", "subservice organizations")


def _auditors(frame: Frame, overall: OpinionKind) -> Iterator[Block]:
    if overall == OpinionKind.DISCLAIMER:
        yield Paragraph(
            "Our responsibility is to express an opinion on the assertion based on an examination under the"
            f" {_STANDARDS}. Because of what is described under “Basis for Disclaimer of Opinion”, we were not able to"
            " obtain sufficient appropriate evidence to provide a basis for an opinion."
        )
    else:
        basis = "opinion" if overall == OpinionKind.UNMODIFIED else f"{overall} opinion"
        yield Paragraph(
            "Our responsibility is to express an opinion on the assertion, based on our examination. We conducted it"
            f" in accordance with the {_STANDARDS}. These standards require that we plan and perform the examination"
            " to obtain reasonable assurance about whether the assertion is fairly stated, in all material respects."
            " We obtained an understanding of the system and of its service commitments and system requirements,"
            " assessed the risks that controls were not effective, and performed procedures to obtain evidence about"
            " whether they were. We believe that the evidence we obtained is sufficient and appropriate to provide a"
            f" reasonable basis for our {basis}."
        )
    yield Paragraph(
        f"We are required to be independent of {frame.org} and to meet our other ethical responsibilities under the"
        " relevant ethical requirements for the engagement, and we have done so. Our firm applies the AICPA’s"
        " standards on quality management."
    )


def _opinion(frame: Frame, overall: OpinionKind) -> Iterator[Block]:
    matters = frame.matters
    title = {
        OpinionKind.UNMODIFIED: "Opinion",
        OpinionKind.QUALIFIED: "Qualified Opinion",
        OpinionKind.ADVERSE: "Adverse Opinion",
        OpinionKind.DISCLAIMER: "Disclaimer of Opinion",
    }[overall]
    if overall != OpinionKind.UNMODIFIED:
        yield Heading(f"Basis for {title}")
        for matter in matters:
            yield Paragraph(f"{sentence(matter.text)} {sentence(matter.effect)}")
            if matter.commitments:
                yield Paragraph("The following service commitments or system requirements are affected:")
                yield Items(tuple(matter.commitments))
    yield Heading(title)
    if not frame.is_decided:
        yield Paragraph(UNDECIDED)
        return
    described = f"the {plural(len(matters), 'matter', 'matters')} described under “Basis for {title}”"
    yield Paragraph(_concluded(overall, f"management’s assertion that {_claim(frame)}", described))


def _concluded(overall: OpinionKind, claim: str, described: str) -> str:
    match overall:
        case OpinionKind.UNMODIFIED:
            return f"In our opinion, {claim} is fairly stated, in all material respects."
        case OpinionKind.QUALIFIED:
            return f"In our opinion, except for {described}, {claim} is fairly stated, in all material respects."
        case OpinionKind.ADVERSE:
            return f"In our opinion, because of the significance of {described}, {claim} is not fairly stated."
        case OpinionKind.DISCLAIMER:
            return (
                f"Because of the significance of {described}, we have not been able to obtain sufficient appropriate"
                " evidence to provide a basis for an opinion. We therefore do not express an opinion on whether"
                f" {claim} is fairly stated, in all material respects."
            )


def _assertion(frame: Frame) -> Iterator[Block]:
    content, exceptions = frame.content, frame.exceptions
    modified = overall_of(frame) in {OpinionKind.QUALIFIED, OpinionKind.ADVERSE}
    stated = plural(len(exceptions), "matter", "matters")
    reserve = f", except for the {stated} stated below," if modified and exceptions else ""
    yield Paragraph(
        "We are responsible for designing, implementing, operating, and maintaining effective controls within the"
        f" {content.system} of {frame.org} {frame.time}, to provide reasonable assurance that"
        f" {frame.goal('were achieved')}. The applicable trust services criteria are those relevant to"
        f" {frame.categories} in {TRUST_CRITERIA}. The boundaries of the system are described in Attachment A, and the"
        " principal service commitments and system requirements in Attachment B."
    )
    yield Paragraph(
        f"We assessed the effectiveness of the controls {frame.time}. On this basis we assert that{reserve}"
        f" {_claim(frame)}."
    )
    if modified and exceptions:
        yield Items(tuple(sentence(each) for each in exceptions))
    yield Paragraph(
        "Any system of internal control has inherent limitations, human error and the circumvention of controls among"
        " them. Reasonable assurance is therefore no absolute assurance that the service commitments and system"
        " requirements are achieved."
    )
    yield managements_signature(frame)


def _boundaries(frame: Frame) -> Iterator[Block]:
    for part in frame.content.description.parts:
        if part.part in _BOUNDARIES and part.text:
            yield Heading(_BOUNDARIES[part.part])
            yield from paragraphs_of(part.text)


def _commitments(frame: Frame) -> Iterator[Block]:
    commitments = frame.content.description.commitments
    for kind, title in (("service_commitment", "Service Commitments"), ("system_requirement", "System Requirements")):
        if texts := [each.text for each in commitments if each.kind == kind]:
            yield Heading(title)
            yield Items(tuple(texts))
