"""Who is responsible for what, what the examination involved, and its limits."""

from collections.abc import Iterator

from services.audit.wording.contents import OpinionKind
from services.audit.wording.frame import Frame, Section
from services.audit.wording.paragraphs import Kind, Paragraphs
from services.audit.wording.phrases import listed, series
from shared.printing.blocks import Block, Items, Paragraph

_STANDARDS = "attestation standards established by the American Institute of Certified Public Accountants (AICPA)"


def responsibilities_of(frame: Frame) -> Iterator[Paragraphs]:
    """The paragraphs from the organization's responsibilities to the tests, or to what was not tested."""
    organization = "Service Organization’s Responsibilities"
    if frame.included:
        organization = "Responsibilities of the Service Organization and the Subservice Organizations"
        if len(frame.included) == 1:
            organization = "Responsibilities of the Service Organization and the Subservice Organization"
    yield Paragraphs(Kind.ORGANIZATION, organization, tuple(_organizations(frame)))
    disclaimed = frame.overall == OpinionKind.DISCLAIMER
    auditors = tuple(_disclaiming_auditors(frame) if disclaimed else _auditors(frame))
    yield Paragraphs(Kind.AUDITOR, "Service Auditor’s Responsibilities", auditors)
    yield Paragraphs(Kind.LIMITATIONS, "Inherent Limitations", tuple(_limitations(frame)))
    if frame.is_type2:
        tests = (
            "The specific controls that we tested, and the nature, timing, and results of our tests, are listed in"
            f" {frame.section(Section.CONTROLS)}."
        )
        yield Paragraphs(Kind.TESTS, "Description of Tests of Controls", (Paragraph(tests),))
    else:
        none = (
            "We did not perform procedures on the operating effectiveness of the controls stated in the description,"
            " and we express no opinion on it."
        )
        yield Paragraphs(Kind.NO_OPERATION, "Operating Effectiveness", (Paragraph(none),))


def _organizations(frame: Frame) -> Iterator[Block]:
    if frame.included:
        names = listed([frame.org, *(frame.name_of(each.id) for each in frame.included)])
        who, are, their = names, "are each, for their own part of the system,", "their assertions"
        made = "Their managements have made the assertions"
    else:
        who, are, their = frame.org, "is", "its assertion"
        made = "Management has made the assertion"
    goal = frame.goal("are achieved")
    yield Paragraph(
        f"{who} {are} responsible for designing, implementing, and operating effective controls within the system that"
        f" provide reasonable assurance that {goal}. {made} in {frame.section(Section.ASSERTION)}"
        f" about the description and about {frame.what_was_judged} of the controls stated in it."
    )
    yield Paragraph(f"{who} {are} also responsible for")
    yield Items(
        series(
            (
                (
                    f"preparing the description and {their}, and for their completeness, accuracy, and method of"
                    " presentation"
                ),
                "providing the services that the description covers",
                *_chosen(frame),
                "having a reasonable basis for what is asserted",
            )
        )
    )


def _chosen(frame: Frame) -> tuple[str, ...]:
    if frame.is_soc1:
        return (
            "specifying the control objectives and stating them in the description",
            "selecting the criteria that are stated in the assertion",
            "identifying the risks that threaten the achievement of the control objectives",
        )
    return (
        "making the service commitments and determining the system requirements",
        "selecting the applicable trust services criteria and stating the related controls in the description",
        "identifying the risks that threaten the achievement of the service commitments and system requirements",
    )


def _auditors(frame: Frame) -> Iterator[Block]:
    effectively = " and operated effectively" if frame.is_type2 else ""
    criteria = "the criteria in management’s assertion" if frame.is_soc1 else "the description criteria"
    presented = "fairly presented based on" if frame.is_soc1 else "presented in accordance with"
    basis = "opinion" if frame.overall == OpinionKind.UNMODIFIED else f"{frame.overall} opinion"
    yield Paragraph(
        f"Our responsibility is to express an opinion on the description and on {frame.what_was_judged} of the"
        " controls stated in it, based on our examination. We conducted our examination in accordance with the"
        f" {_STANDARDS}. These standards require that we plan and perform it to obtain reasonable assurance about"
        f" whether, in all material respects, the description is {presented} {criteria} and the controls stated in it"
        f" were suitably designed{effectively} to provide reasonable assurance that {frame.goal(frame.achieved)}. We"
        " believe that the evidence we obtained is sufficient and appropriate to provide a reasonable basis for our"
        f" {basis}."
    )
    yield _ethics(frame)
    yield Paragraph(f"An examination of {_subject(frame)} involves")
    yield Items(series(tuple(_involved(frame))))
    yield Paragraph("Our examination included such other procedures as we considered necessary in the circumstances.")


def _subject(frame: Frame) -> str:
    return f"a description of a service organization’s system and of {frame.what_was_judged} of its controls"


def _involved(frame: Frame) -> Iterator[str]:
    goal = "control objectives" if frame.is_soc1 else "service commitments and system requirements"
    criteria = "the criteria in management’s assertion" if frame.is_soc1 else "the description criteria"
    yield f"obtaining an understanding of the system and of the {goal}"
    yield (
        f"assessing the risks that the description is not presented in accordance with {criteria}, and that controls"
        f" were not suitably designed{' or did not operate effectively' if frame.is_type2 else ''}"
    )
    yield f"performing procedures to obtain evidence about whether the description is presented by {criteria}"
    yield (
        "performing procedures to obtain evidence about whether the controls stated in the description were suitably"
        f" designed to provide reasonable assurance that {frame.goal('would be achieved')} if they operated"
        " effectively"
    )
    if frame.is_type2:
        yield (
            "testing the operating effectiveness of the controls stated in the description to provide reasonable"
            f" assurance that {frame.goal('were achieved')}"
        )
    if frame.is_soc1:
        yield "evaluating the suitability of the control objectives and of the criteria stated in the assertion"
    yield "evaluating the overall presentation of the description"


def _disclaiming_auditors(frame: Frame) -> Iterator[Block]:
    yield Paragraph(
        f"Our responsibility is to express an opinion on the description and on {frame.what_was_judged} of the"
        f" controls stated in it, based on conducting the examination in accordance with the {_STANDARDS}. Because of"
        " what is described under “Basis for Disclaimer of Opinion”, we were not able to obtain sufficient"
        " appropriate evidence to provide a basis for an opinion."
    )
    yield _ethics(frame)


def _ethics(frame: Frame) -> Paragraph:
    parties = listed([frame.org, *(frame.name_of(each.id) for each in frame.included)])
    return Paragraph(
        f"We are required to be independent of {parties} and to meet our other ethical responsibilities under the"
        " relevant ethical requirements for the engagement, and we have done so. Our firm applies the AICPA’s"
        " standards on quality management."
    )


def _limitations(frame: Frame) -> Iterator[Block]:
    if frame.is_soc1:
        yield Paragraph(
            "The description is prepared to meet the common needs of a broad range of user entities and of the"
            " auditors of their financial statements. It may therefore not include every aspect of the system that"
            " one user entity considers important in its own environment. Because of their nature, controls at a"
            " service organization may not prevent, or detect and correct, every misstatement in processing or"
            " reporting transactions."
        )
    else:
        yield Paragraph(
            "The description is prepared to meet the common needs of a broad range of report users. It may therefore"
            " not include every aspect of the system that one user considers important for its own needs."
        )
        yield Paragraph(
            "Internal control, however well designed, has inherent limitations: people err, and controls can be"
            " circumvented. Controls may therefore not always provide reasonable assurance that"
            f" {frame.goal('are achieved')}."
        )
    conclusions = "the suitability of the design or the operating effectiveness" if frame.is_type2 else "the design"
    yield Paragraph(
        f"To project any evaluation of the description, or any conclusion about {conclusions} of the controls, to the"
        " future is subject to the risk that controls become inadequate because conditions change, or that policies and"
        " procedures are followed to a lesser degree."
    )
