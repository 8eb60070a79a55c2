"""What was examined and what was not: scope, subservice organizations, user entities, no occurrence, section V."""

from collections.abc import Iterator

from services.audit.wording.contents import OpinionKind
from services.audit.wording.frame import Frame, Section
from services.audit.wording.paragraphs import Kind, Paragraphs
from services.audit.wording.phrases import clause, listed, plural
from shared.printing.blocks import Block, Items, Paragraph

DESCRIPTION_CRITERIA = (
    "DC section 200, 2018 Description Criteria for a Description of a Service Organization’s System in a SOC 2® Report"
    " (With Revised Implementation Guidance—2022), in AICPA Description Criteria"
)
TRUST_CRITERIA = (
    "TSP section 100, 2017 Trust Services Criteria for Security, Availability, Processing Integrity, Confidentiality,"
    " and Privacy (With Revised Points of Focus—2022), in AICPA Trust Services Criteria"
)
OTHER_TITLE = "Other Information That Is Not Covered by the Service Auditor’s Report"


def scope_of(frame: Frame) -> Iterator[Paragraphs]:
    """Everything up to the responsibilities."""
    scope = _soc1_scope(frame) if frame.is_soc1 else _soc2_scope(frame)
    yield Paragraphs(Kind.SCOPE, "Scope", tuple(Paragraph(text) for text in scope))
    if frame.carved_out:
        yield Paragraphs(Kind.CARVE_OUT, None, tuple(_carved_out(frame)))
    if frame.included:
        yield Paragraphs(Kind.INCLUSIVE, None, tuple(_included(frame)))
    if frame.has_user_controls:
        yield Paragraphs(Kind.USER_ENTITY_CONTROLS, None, (Paragraph(_user_controls(frame)),))
    if frame.no_occurrence:
        yield Paragraphs(Kind.NO_OCCURRENCE, None, tuple(_no_occurrence(frame)))
    if frame.has_other_information:
        yield Paragraphs(Kind.OTHER_INFORMATION, None, (Paragraph(_other_information(frame)),))


def _examined(frame: Frame) -> str:
    return "were engaged to examine" if frame.overall == OpinionKind.DISCLAIMER else "have examined"


def _covered(frame: Frame) -> str:
    return "was also to cover" if frame.overall == OpinionKind.DISCLAIMER else "also covered"


def _soc2_scope(frame: Frame) -> Iterator[str]:
    content = frame.content
    yield (
        f"We {_examined(frame)} {frame.orgs} description of its {content.system}, titled"
        f" “{content.description_title}”, {frame.time} (the “description”). The criteria for it are those"
        f" of {DESCRIPTION_CRITERIA} (the “description criteria”)."
    )
    yield (
        f"Our engagement {_covered(frame)} {frame.what_was_judged} of the controls stated in the description"
        f" {frame.time}, by which {frame.org} intends to provide reasonable assurance that its service commitments and"
        f" system requirements {frame.achieved} based on the trust services criteria relevant to {frame.categories} in"
        f" {TRUST_CRITERIA} (the “applicable trust services criteria”)."
    )


def _soc1_scope(frame: Frame) -> Iterator[str]:
    content = frame.content
    yield (
        f"We {_examined(frame)} {frame.orgs} description of its {content.system}, titled"
        f" “{content.description_title}”, {frame.time} (the “description”). Our engagement {_covered(frame)}"
        f" {frame.what_was_judged} of the controls stated in the description {frame.time} to achieve the related"
        f" control objectives, which are stated in it as well. The criteria are those that {frame.org} states in its"
        f" assertion in {frame.section(Section.ASSERTION)}."
    )
    yield (
        f"The control objectives and controls in the description are those that management of {frame.org} believes are"
        " likely to be relevant to user entities’ internal control over financial reporting. Aspects of the system"
        " that are not likely to be relevant to it are not part of the description."
    )


def _carved_out(frame: Frame) -> Iterator[Block]:
    several = len(frame.carved_out)
    organizations = plural(several, "a subservice organization", "subservice organizations")
    effectively = " or operated effectively" if frame.is_type2 else ""
    against = "control objectives" if frame.is_soc1 else "applicable trust services criteria"
    yield Paragraph(f"{frame.org} uses {organizations} whose controls the description does not include:")
    yield Items(tuple(frame.with_services(each) for each in frame.carved_out))
    yield Paragraph(
        f"The description presents the controls of {frame.org}, the {against}, and the types of complementary"
        f" subservice organization controls that {frame.org} assumed in the design of its own controls. Only together"
        f" with such controls, suitably designed and operating effectively at the {_these(several)}, can the controls"
        f" of {frame.org} provide reasonable assurance that {frame.goal('are achieved')}. Our examination did not"
        f" extend to the services of the {_these(several)}, and we have not evaluated whether the complementary"
        f" subservice organization controls were suitably designed{effectively}."
    )


def _these(several: int) -> str:
    return plural(several, "subservice organization", "subservice organizations")


def _included(frame: Frame) -> Iterator[Block]:
    several = len(frame.included)
    organizations = plural(several, "a subservice organization", "subservice organizations")
    names = listed([frame.name_of(each.id) for each in frame.included])
    own = plural(several, "an assertion of its own", "assertions of their own")
    yield Paragraph(f"{frame.org} uses {organizations} whose controls the description includes:")
    yield Items(tuple(frame.with_services(each) for each in frame.included))
    yield Paragraph(
        f"The description covers the part of the system that {names} {plural(several, 'provides', 'provide')}, with"
        f" the controls there, and so did our examination. {names} {plural(several, 'has', 'have')} made {own},"
        f" presented in {frame.section(Section.ASSERTION)}."
    )


def _user_controls(frame: Frame) -> str:
    operate = " and operate effectively" if frame.is_type2 else ""
    evaluated = "suitably designed or operate effectively" if frame.is_type2 else "suitably designed"
    return (
        f"The description states complementary user entity controls that {frame.org} assumed in the design of its"
        f" controls. Only if user entities’ controls are suitably designed{operate}, together with those of"
        f" {frame.org}, can reasonable assurance be provided that {frame.goal('are achieved')}. Our examination did"
        f" not extend to the controls of user entities, and we have not evaluated whether these are {evaluated}."
    )


def _no_occurrence(frame: Frame) -> Iterator[Block]:
    several = len(frame.no_occurrence)
    controls = plural(several, "the control below", "the controls below")
    yield Paragraph(
        f"The circumstances that warrant the operation of {controls} did not occur during {frame.span}. We therefore"
        f" did not test whether {plural(several, 'this control', 'these controls')} operated effectively."
    )
    yield Items(tuple(f"{code}: {clause(circumstance)}." for code, circumstance in frame.no_occurrence))


def _other_information(frame: Frame) -> str:
    return (
        f"{frame.section(Section.OTHER)}, “{OTHER_TITLE}”, is presented by management of {frame.org} to provide"
        " further information. It is not a part of the description. We have not applied to it the procedures of our"
        f" examination of the description and of {frame.what_was_judged} of the controls, and we express no opinion on"
        " it."
    )
