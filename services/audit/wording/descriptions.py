"""Section III: the description of the system as management approved it, with all that it names."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC

from services.audit.description.description_contents.schemas import WrittenPart
from services.audit.description.description_parts.models import DescriptionPart as P
from services.audit.description.subservice_organisations.models import SubserviceMethod
from services.audit.wording.frame import Frame, Section
from services.audit.wording.phrases import day_of, plural, ranged
from shared.printing.blocks import Block, Column, Facts, Heading, Paragraph, Table, Tone, paragraphs_of, rows_of

_SOC2_TITLES = {
    P.SERVICES: "Services Provided",
    P.COMMITMENTS: "Principal Service Commitments and System Requirements",
    P.BOUNDARIES: "Boundaries of the System",
    P.INFRASTRUCTURE: "Components of the System: Infrastructure",
    P.SOFTWARE: "Components of the System: Software",
    P.PEOPLE: "Components of the System: People",
    P.PROCEDURES: "Components of the System: Procedures",
    P.DATA: "Components of the System: Data",
    P.INCIDENTS: "System Incidents",
    P.CONTROLS: "Applicable Trust Services Criteria and Related Controls",
    P.USER_ENTITY_CONTROLS: "Complementary User Entity Controls",
    P.SUBSERVICE_ORGANISATIONS: "Subservice Organizations",
    P.CRITERIA_NOT_RELEVANT: "Criteria That Are Not Relevant to the System",
    P.CHANGES: "Significant Changes to the System During the Period",
}
_SOC1_TITLES = _SOC2_TITLES | {P.CONTROLS: "Control Objectives and Related Controls"}
_NONE = {
    P.INCIDENTS: "Management has identified no incidents of the kind that has to be described",
    P.USER_ENTITY_CONTROLS: "The design of the controls assumes no complementary user entity controls",
    P.SUBSERVICE_ORGANISATIONS: "No subservice organizations are used",
    P.CRITERIA_NOT_RELEVANT: "All criteria of the categories in scope are relevant to the system",
    P.CHANGES: "There were no significant changes to the system",
}
_KINDS = {"service_commitment": "Service commitment", "system_requirement": "System requirement"}


def section_description(frame: Frame) -> Iterator[Block]:
    """The parts in the order of the description criteria (DC 200), each with what it lists."""
    yield Paragraph(frame.content.description_title, Tone.LEAD)
    titles = _SOC1_TITLES if frame.is_soc1 else _SOC2_TITLES
    for part in frame.content.description.parts:
        criterion = f" ({part.criterion})" if part.criterion else ""
        yield Heading(f"{titles[part.part]}{criterion}")
        yield from paragraphs_of(part.text or "")
        if part.none:
            yield Paragraph(_none(frame, part))
        elif part.part in _LISTED:
            yield from _LISTED[part.part](frame)


def _none(frame: Frame, part: WrittenPart) -> str:
    if part.part in {P.INCIDENTS, P.CHANGES}:
        return f"{_NONE[part.part]} {'during' if frame.is_type2 else 'as of'} {frame.span}."
    return f"{_NONE[part.part]}."


def _commitments(frame: Frame) -> Iterator[Block]:
    rows = [
        (_KINDS.get(each.kind, each.kind), each.text, ranged(each.criteria))
        for each in frame.content.description.commitments
    ]
    yield from _table(
        "Service commitments and system requirements", ("Kind", 20), ("Text", 60), ("Criteria", 20), rows=rows
    )


def _incidents(frame: Frame) -> Iterator[Block]:
    content = frame.content.description
    codes = {control.id: control.code for control in content.controls}
    promised = {commitment.id: commitment.text for commitment in content.commitments}
    for each in content.incidents:
        began = day_of(each.began_at.astimezone(UTC).date())
        ended = day_of(each.ended_at.astimezone(UTC).date()) if each.ended_at else "not ended"
        facts = [("Began", began), ("Ended", ended)]
        if each.control_ids:
            facts.append(("Controls not effective", ", ".join(codes.get(key, str(key)) for key in each.control_ids)))
        if each.commitment_ids:
            facts.append(("Commitments not met", " ".join(promised.get(key, str(key)) for key in each.commitment_ids)))
        yield Heading(each.title, level=3)
        yield Facts(tuple(facts))
        for name, text in (("Nature", each.nature), ("Effect", each.effect), ("Disposition", each.disposition)):
            yield Paragraph(f"{name}: {text}")


def _controls(frame: Frame) -> Iterator[Block]:
    if not frame.is_soc1:
        count = len(frame.content.description.engagement.categories)
        yield Paragraph(f"The {plural(count, 'category in scope is', 'categories in scope are')} {frame.categories}.")
    judged = "control objectives" if frame.is_soc1 else "applicable trust services criteria"
    yield Paragraph(
        f"The {judged} and the controls that address them are shown in {frame.section(Section.CONTROLS)}, so that they"
        f" are stated once. They are the responsibility of {frame.org} and are a part of this description, although"
        " they are shown there."
    )


def _user_controls(frame: Frame) -> Iterator[Block]:
    yield Paragraph(
        f"{frame.org} assumed in the design of its controls that user entities operate the following controls. They are"
        " necessary, together with its own controls, to provide reasonable assurance that"
        f" {frame.goal('are achieved')}."
    )
    rows = [(each.code, each.text, ranged(each.criteria)) for each in frame.content.description.user_entity_controls]
    heads = (("No.", 12), ("Control that the user entity operates", 66), (_judged(frame), 22))
    yield from _table("Complementary user entity controls", *heads, rows=rows)


def _subservice_organizations(frame: Frame) -> Iterator[Block]:
    for each in frame.content.description.subservice_organisations:
        carved = each.method == SubserviceMethod.CARVE_OUT
        yield Heading(frame.name_of(each.id), level=3)
        facts = [("Services", each.services), ("Method", "Carve-out" if carved else "Inclusive")]
        if each.ended_on:
            facts.append(("Used until", day_of(each.ended_on)))
        yield Facts(tuple(facts))
        if carved:
            yield Paragraph(
                f"{frame.org} assumed the following complementary subservice organization controls in the design of"
                " its own controls, and monitors them as stated."
            )
        else:
            yield Paragraph("Its controls are included in this description.")
        rows = [
            (control.text, ranged(control.criteria), f"{control.monitoring} ({control.monitored_by})")
            for control in each.controls
        ]
        heads = (("Complementary control", 42), (_judged(frame), 18), ("How it is monitored, and by whom", 40))
        yield from _table(f"Complementary controls of {frame.name_of(each.id)}", *heads, rows=rows)


def _criteria_not_relevant(frame: Frame) -> Iterator[Block]:
    rows = [(each.criterion, each.reason) for each in frame.content.description.criteria_not_relevant]
    yield from _table("Criteria that are not relevant", ("Criterion", 16), ("Why it is not relevant", 84), rows=rows)


def _changes(frame: Frame) -> Iterator[Block]:
    rows = [(day_of(each.changed_on), each.title, each.text) for each in frame.content.description.changes]
    yield from _table("Significant changes", ("Date", 20), ("Change", 30), ("Details", 50), rows=rows)


def _judged(frame: Frame) -> str:
    return "Control objectives" if frame.is_soc1 else "Criteria"


_LISTED: dict[P, Callable[[Frame], Iterable[Block]]] = {
    P.COMMITMENTS: _commitments,
    P.INCIDENTS: _incidents,
    P.CONTROLS: _controls,
    P.USER_ENTITY_CONTROLS: _user_controls,
    P.SUBSERVICE_ORGANISATIONS: _subservice_organizations,
    P.CRITERIA_NOT_RELEVANT: _criteria_not_relevant,
    P.CHANGES: _changes,
}


def _table(about: str, *heads: tuple[str, int], rows: Sequence[Sequence[str]]) -> Iterator[Table]:
    if rows:
        yield Table(about, tuple(Column(title, share) for title, share in heads), rows_of(rows))
