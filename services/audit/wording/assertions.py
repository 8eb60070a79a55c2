"""Section II: management's assertion, clause for clause what the auditor's report is about, and those of others."""

from collections.abc import Iterator, Sequence

from services.audit.engagements.engagement_documents.schemas import Signatory
from services.audit.wording.contents import OpinionKind, SubserviceAssertion
from services.audit.wording.frame import Frame
from services.audit.wording.phrases import day_of, listed, plural, sentence, series
from services.audit.wording.soc_scope import DESCRIPTION_CRITERIA, TRUST_CRITERIA
from shared.printing.blocks import Block, Heading, Items, Paragraph, Signature


def title_of(frame: Frame) -> str:
    """In the plural where subservice organizations assert for themselves."""
    if frame.included:
        names = [frame.org, *(frame.name_of(each.id) for each in frame.included)]
        return f"Assertions of the Managements of {listed(names)}"
    return f"Assertion of the Management of {frame.org}"


def section_assertion(frame: Frame) -> Iterator[Block]:
    """Management's assertion, and one of each subservice organization whose controls are included."""
    if frame.included:
        yield Heading(f"Assertion of the Management of {frame.org}")
    yield from _managements(frame)
    for assertion in frame.content.subservice_assertions:
        yield from _subservices(frame, assertion)


def _managements(frame: Frame) -> Iterator[Block]:
    exceptions = frame.exceptions
    yield from (Paragraph(text) for text in (_soc1_prepared(frame) if frame.is_soc1 else _soc2_prepared(frame)))
    yield from (Paragraph(text) for text in _others(frame))
    reserve = f", except for the {plural(len(exceptions), 'matter', 'matters')} stated below" if exceptions else ""
    yield Paragraph(f"We confirm, to the best of our knowledge and belief{reserve}, that")
    yield Items(_confirmed(frame), lettered=True)
    if frame.is_soc1:
        yield from _assertion_criteria(frame)
    if exceptions:
        yield Heading("Matters Known to Management", level=3 if frame.included else 2)
        yield Items(tuple(sentence(each) for each in exceptions))
    yield managements_signature(frame)


def _soc2_prepared(frame: Frame) -> Iterator[str]:
    content = frame.content
    yield (
        f"We have prepared the description of the {content.system} of {frame.org}, titled"
        f" “{content.description_title}”, {frame.time} (the “description”), based on {DESCRIPTION_CRITERIA} (the"
        f" “description criteria”). It is intended to give report users information about the {content.system} that"
        " may be useful when they assess the risks arising from interactions with it, in particular information about"
        f" the controls that {frame.org} has"
        f" {'designed, implemented, and operated' if frame.is_type2 else 'designed and implemented'} to provide"
        f" reasonable assurance that its service commitments and system requirements {frame.achieved} based on the"
        f" trust services criteria relevant to {frame.categories} in {TRUST_CRITERIA} (the “applicable trust services"
        " criteria”)."
    )


def _soc1_prepared(frame: Frame) -> Iterator[str]:
    content = frame.content
    during = f"during some or all of {frame.span}" if frame.is_type2 else frame.time
    yield (
        f"We have prepared the description of the {content.system} of {frame.org}, titled"
        f" “{content.description_title}”, {frame.time} (the “description”), for user entities of the system {during}"
        " and for the auditors of their financial statements, who have a sufficient understanding to consider it,"
        " together with other information, including information about controls that user entities have implemented"
        " themselves, when they assess the risks of material misstatement of user entities’ financial statements."
    )


def _others(frame: Frame) -> Iterator[str]:
    """Mirrors what the auditor's report says of subservice organizations and user entities."""
    if frame.carved_out:
        names = listed([frame.name_of(each.id) for each in frame.carved_out])
        yield (
            f"{frame.org} uses {names} as {_as(len(frame.carved_out))}. The description includes our controls and not"
            f" those of {names}; it states the types of complementary subservice organization controls that we assumed"
            " in the design of our controls, and without which these cannot provide reasonable assurance that"
            f" {frame.goal('are achieved')}."
        )
    if frame.included:
        names = listed([frame.name_of(each.id) for each in frame.included])
        yield (
            f"{frame.org} uses {names} as {_as(len(frame.included))}. The description includes the part of the system"
            f" that {names} {plural(len(frame.included), 'provides', 'provide')}, with the controls there."
        )
    if frame.has_user_controls:
        operate = " and operate effectively" if frame.is_type2 else ""
        yield (
            "The description also states complementary user entity controls that we assumed in the design of our"
            f" controls. Only if these are suitably designed{operate} at user entities, together with our controls,"
            f" can reasonable assurance be provided that {frame.goal('are achieved')}."
        )
    for code, circumstance in frame.no_occurrence:
        yield (
            f"The circumstance that warrants the operation of control {code} did not occur during {frame.span}."
            f" {sentence(circumstance)}"
        )


def _as(count: int) -> str:
    return plural(count, "a subservice organization", "subservice organizations")


def _confirmed(frame: Frame) -> tuple[str, ...]:
    system = f"the {frame.content.system} of {frame.org} that was designed and implemented {frame.time}"
    if frame.is_soc1:
        presented = f"the description fairly presents {system}, based on the criteria stated below;"
    else:
        presented = f"the description presents {system}, in accordance with the description criteria;"
    designed = (
        f"the controls stated in the description were suitably designed {frame.time} to provide reasonable assurance"
        f" that {frame.goal('would be achieved')}, if the controls operated effectively"
        f" {frame.that_time}{frame.designed_if('our')}"
    )
    if not frame.is_type2:
        return (f"{presented} and", f"{designed}.")
    operated = (
        f"the controls stated in the description operated effectively {frame.time} to provide reasonable assurance that"
        f" {frame.goal('were achieved')}{frame.operated_if('our')}."
    )
    return presented, f"{designed}; and", operated


def _assertion_criteria(frame: Frame) -> Iterator[Block]:
    """The criteria by which a SOC 1 description, its design and its operation are judged (AT-C 320)."""
    yield Heading("Criteria", level=3 if frame.included else 2)
    yield Paragraph("The criteria that we used in making this assertion were that")
    presents = (
        "the description presents how the system was designed and implemented, including the types of services and,"
        " where there are any, the classes of transactions; the automated and manual procedures by which transactions"
        " are initiated, authorized, recorded, processed, corrected, and reported; how other significant events are"
        " dealt with; how reports for user entities are prepared; subservice organizations, and whether their"
        " controls are included; the control objectives and the controls designed to achieve them; and other relevant"
        " aspects of the control environment, risk assessment, information and communications, and monitoring"
    )
    changes = "the description includes relevant details of changes to the system during the period"
    omits = (
        "the description does not omit or distort information relevant to the scope of the system, while it is"
        " prepared to meet the common needs of a broad range of user entities and their auditors"
    )
    risks = "the risks that threaten the achievement of the control objectives have been identified"
    would = (
        "the controls, operating as described, would provide reasonable assurance that those risks do not prevent the"
        " control objectives from being achieved"
    )
    applied = (
        "the controls were consistently applied as designed, manual ones by people with the appropriate competence and"
        " authority"
    )
    if frame.is_type2:
        yield Items(series((presents, changes, omits, risks, would, applied)))
    else:
        yield Items(series((presents, omits, risks, would)))


def _subservices(frame: Frame, assertion: SubserviceAssertion) -> Sequence[Block]:
    name = frame.name_of(assertion.organization)
    content = frame.content
    operated = " and operated effectively" if frame.is_type2 else ""
    by = "the criteria stated in the assertion of its management" if frame.is_soc1 else "the description criteria"
    return (
        Heading(f"Assertion of the Management of {name}"),
        Paragraph(
            f"We provide services to {frame.org} that are part of its {content.system}. The description that"
            f" {frame.org} has prepared, titled “{content.description_title}”, {frame.time}, includes the part of the"
            " system that we provide, with our controls. We confirm, to the best of our knowledge and belief, that"
        ),
        Items(
            (
                (
                    f"the description presents the part of the system that {name} provides, as designed and implemented"
                    f" {frame.time}, in accordance with {by}; and"
                ),
                (
                    f"the controls of {name} stated in the description were suitably designed{operated} {frame.time} to"
                    f" provide reasonable assurance that, together with the controls of {frame.org},"
                    f" {frame.goal(frame.achieved)}."
                ),
            ),
            lettered=True,
        ),
        _signed(assertion.signatory, name, day_of(assertion.signed_on)),
    )


def _signed(signatory: Signatory, organization: str, dated: str) -> Signature:
    return Signature((signatory.name, f"{signatory.position}, {organization}", dated))


def managements_signature(frame: Frame) -> Signature:
    """The officer who signs for the service organization, or room for one while nobody has."""
    assertion = frame.content.assertion
    if assertion is None:
        return Signature(("[name of the officer]", f"[position], {frame.org}", "[date of the assertion]"))
    return _signed(assertion.signatory, frame.org, day_of(assertion.signed_on))


def needs_exceptions(frame: Frame) -> bool:
    """Whether management has to say what it knows of: where an opinion is modified and not disclaimed."""
    return frame.overall in {OpinionKind.QUALIFIED, OpinionKind.ADVERSE}
