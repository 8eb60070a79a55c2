"""The basis of a modified opinion, and the opinion: each subject matter by itself."""

from collections.abc import Iterator, Sequence

from services.audit.wording.contents import Judgement, Matter, OpinionKind, SubjectMatter
from services.audit.wording.frame import Frame, Section
from services.audit.wording.paragraphs import Kind, Paragraphs
from services.audit.wording.phrases import clause, listed, plural, sentence, series
from shared.printing.blocks import Block, Heading, Items, Paragraph

_TITLES = {
    OpinionKind.UNMODIFIED: "Opinion",
    OpinionKind.QUALIFIED: "Qualified Opinion",
    OpinionKind.ADVERSE: "Adverse Opinion",
    OpinionKind.DISCLAIMER: "Disclaimer of Opinion",
}
_SHORT = {
    SubjectMatter.DESIGN: "were not suitably designed",
    SubjectMatter.OPERATION: "did not operate effectively",
}
_GOOD = {SubjectMatter.DESIGN: "were suitably designed", SubjectMatter.OPERATION: "operated effectively"}
UNDECIDED = "[The opinion has not been decided.]"
_ON = {
    SubjectMatter.DESCRIPTION: "the description",
    SubjectMatter.DESIGN: "the suitability of the design of controls",
    SubjectMatter.OPERATION: "the operating effectiveness of controls",
}


def opinion_of(frame: Frame) -> Iterator[Paragraphs]:
    """The basis, where the opinion is modified, and the opinion."""
    if frame.overall != OpinionKind.UNMODIFIED:
        yield Paragraphs(Kind.BASIS, basis_title(frame), tuple(_basis(frame)))
    yield Paragraphs(Kind.OPINION, _TITLES[frame.overall], tuple(_opinion(frame)))


def basis_title(frame: Frame) -> str:
    return f"Basis for {_TITLES[frame.overall]}"


def _basis(frame: Frame) -> Iterator[Block]:
    """Each matter once, below the subject matters that it bears on where not all matters bear on the same."""
    groups: dict[tuple[SubjectMatter, ...], list[Matter]] = {}
    for matter in frame.matters:
        bears_on = tuple(each.subject for each in frame.judgements if matter in each.matters)
        groups.setdefault(bears_on, []).append(matter)
    for subjects, matters in groups.items():
        if len(groups) > 1:
            named = listed([_ON[subject] for subject in subjects])
            yield Heading(named[0].upper() + named[1:], level=3)
        for matter in matters:
            yield from _matter(frame, matter, subjects)


def _matter(frame: Frame, matter: Matter, subjects: Sequence[SubjectMatter]) -> Iterator[Block]:
    yield Paragraph(sentence(matter.text))
    if matter.limitation:
        yield Paragraph(
            "We were unable to obtain sufficient appropriate evidence about this matter by other procedures."
        )
    effect = sentence(matter.effect)
    kinds = [("control", "controls", matter.controls)]
    consequence = list(_consequence(frame, matter, subjects)) if matter.criteria else []
    if not consequence:
        noun = ("control objective", "control objectives") if frame.is_soc1 else ("criterion", "criteria")
        kinds.append((*noun, matter.criteria))
    concerned = [f"the {plural(len(named), one, many)} {listed(named)}" for one, many, named in kinds if named]
    yield Paragraph(f"{effect} The matter concerns {listed(concerned)}." if concerned else effect)
    yield from consequence


def _consequence(frame: Frame, matter: Matter, subjects: Sequence[SubjectMatter]) -> Iterator[Block]:
    """What follows for the subject matters: by which criteria nothing, or not these commitments, can be achieved."""
    fell_short = [text for subject, text in _SHORT.items() if subject in subjects]
    if not fell_short:
        return
    whether = f"whether controls {listed([_GOOD[each] for each in subjects if each in _GOOD])}"
    begins = f"We could not conclude {whether}" if matter.limitation else f"As a result, controls {listed(fell_short)}"
    achieved = "were achieved" if SubjectMatter.OPERATION in subjects else "would be achieved"
    named = listed(matter.criteria)
    assured = f"{begins} {frame.time} to provide reasonable assurance that"
    if frame.is_soc1:
        yield Paragraph(
            f"{assured} the control {plural(len(matter.criteria), 'objective', 'objectives')} {named} {achieved}."
        )
        return
    based = f"based on the {plural(len(matter.criteria), 'criterion', 'criteria')} {named}"
    promises = plural(
        len(matter.commitments),
        "service commitment or system requirement",
        "service commitments or system requirements",
    )
    yield Paragraph(f"{assured} the following {promises} {_number(achieved, len(matter.commitments))} {based}:")
    yield Items(tuple(matter.commitments))


def _number(achieved: str, count: int) -> str:
    return achieved.replace("were", plural(count, "was", "were"))


def _opinion(frame: Frame) -> Iterator[Block]:
    every = frame.judgements
    if not frame.is_decided:
        yield Paragraph(UNDECIDED)
        return
    if frame.overall == OpinionKind.DISCLAIMER:
        yield Paragraph(
            f"Because of the significance of the {_matters(len(frame.matters))} described under"
            f" “{basis_title(frame)}”, we have not been able to obtain sufficient appropriate evidence to provide a"
            " basis for an opinion. We therefore do not express an opinion on whether, in all material respects,"
        )
        yield Items(series([_stated(frame, each.subject) for each in every]), lettered=True)
        return
    if len({each.kind for each in every}) == 1:
        yield Paragraph(f"In our opinion, {_reserve(frame, every[0].kind, len(frame.matters))}")
        yield Items(series([_judged(frame, each) for each in every]), lettered=True)
        return
    yield Paragraph("In our opinion,")
    judged = [f"{_reserve(frame, each.kind, len(each.matters))} {_judged(frame, each)}" for each in every]
    yield Items(series(judged), lettered=True)


def _reserve(frame: Frame, kind: OpinionKind, matters: int) -> str:
    """What the opinion on a subject matter begins with."""
    if kind == OpinionKind.UNMODIFIED:
        return "in all material respects,"
    basis = f"the {_matters(matters)} described under “{basis_title(frame)}”"
    if kind == OpinionKind.QUALIFIED:
        return f"except for {basis}, in all material respects,"
    return f"because of the significance of {basis},"


def _matters(count: int) -> str:
    return plural(count, "matter", "matters")


def _judged(frame: Frame, judgement: Judgement) -> str:
    return _stated(frame, judgement.subject, adverse=judgement.kind == OpinionKind.ADVERSE)


def _stated(frame: Frame, subject: SubjectMatter, *, adverse: bool = False) -> str:
    """What is said of a subject matter, or its contrary."""
    match subject:
        case SubjectMatter.DESCRIPTION:
            presents = _presents(frame, adverse=adverse)
            return f"the description {presents}"
        case SubjectMatter.DESIGN:
            were = "were not" if adverse else "were"
            return (
                f"the controls stated in the description {were} suitably designed {frame.time} to provide reasonable"
                f" assurance that {frame.goal('would be achieved')}, if the controls operated effectively"
                f" {frame.that_time}{frame.designed_if(frame.orgs)}"
            )
        case SubjectMatter.OPERATION:
            operated = "did not operate effectively" if adverse else "operated effectively"
            return (
                f"the controls stated in the description {operated} {frame.time} to provide reasonable assurance that"
                f" {frame.goal('were achieved')}{frame.operated_if(frame.orgs)}"
            )


def _presents(frame: Frame, *, adverse: bool) -> str:
    system = f"the {frame.content.system} of {frame.org} that was designed and implemented {frame.time}"
    if frame.is_soc1:
        verb = "does not fairly present" if adverse else "fairly presents"
        return f"{verb} {system}, based on the criteria stated in {frame.orgs} assertion"
    verb = "does not present" if adverse else "presents"
    return f"{verb} {system}, in accordance with the description criteria"


def restricted_use_of(frame: Frame) -> Paragraphs:
    """Who may use the report."""
    return Paragraphs(Kind.USE, "Restricted Use", tuple(_soc1_use(frame) if frame.is_soc1 else _soc2_use(frame)))


def _with_tests(frame: Frame) -> str:
    if not frame.is_type2:
        return "This report is"
    section = frame.section(Section.CONTROLS)
    return f"This report, including the description of tests of controls and their results in {section}, is"


def _users(frame: Frame) -> str:
    during = f"during some or all of {frame.span}" if frame.is_type2 else f"as of {frame.span}"
    return f"user entities of the {clause(frame.content.system)} {during}"


def _soc2_use(frame: Frame) -> Iterator[Block]:
    yield Paragraph(
        f"{_with_tests(frame)} intended solely for the information and use of {frame.org}; {_users(frame)}; business"
        f" partners of {frame.org} that are subject to risks arising from interactions with the system; practitioners"
        " who provide services to these user entities and business partners; prospective user entities and business"
        " partners; and regulators; who have sufficient knowledge and understanding of"
    )
    yield Items(
        (
            "the nature of the services that the service organization provides;",
            "how its system interacts with user entities, business partners, subservice organizations, and others;",
            "internal control and its limitations;",
            (
                "complementary user entity controls and complementary subservice organization controls, and how they"
                " work together with the controls of the service organization;"
            ),
            "the responsibilities of user entities and how these affect their use of the services;",
            "the applicable trust services criteria; and",
            (
                "the risks that may threaten the achievement of the service commitments and system requirements, and"
                " how controls address them."
            ),
        )
    )
    yield Paragraph("It is not intended to be, and should not be, used by anyone other than these specified parties.")


def _soc1_use(frame: Frame) -> Iterator[Block]:
    yield Paragraph(
        f"{_with_tests(frame)} intended solely for the information and use of management of {frame.org},"
        f" {_users(frame)}, and the auditors of their financial statements or of their internal control over financial"
        " reporting, who have a sufficient understanding to consider it, together with other information, including"
        " information about controls that user entities have implemented themselves, when they assess the risks of"
        " material misstatement of user entities’ financial statements. It is not intended to be, and should not be,"
        " used by anyone other than these specified parties."
    )
