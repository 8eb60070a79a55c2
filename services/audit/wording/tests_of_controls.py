"""Section IV: the criteria, the controls, and in a Type 2 the tests with their results."""

from collections.abc import Iterator, Sequence

from services.audit.wording.contents import HowTested, Layout, ReportedControl, Term
from services.audit.wording.frame import Frame, Section
from services.audit.wording.phrases import sentence
from services.audit.wording.results import result_text
from shared.printing.blocks import Block, Cell, Column, Heading, Items, Paragraph, Table, rows_of

_PROCEDURES = {
    HowTested.INQUIRY: "Inquiry: asked people with knowledge of the control how it is performed. Inquiry was always"
    " combined with another procedure.",
    HowTested.OBSERVATION: "Observation: watched the control being performed.",
    HowTested.INSPECTION: "Inspection: read documents, records, and system configurations that show the"
    " performance of the control.",
    HowTested.REPERFORMANCE: "Re-performance: performed the control independently and compared the outcome.",
}
_SAMPLING = (
    "Where a control operates more than once, items were selected from the population of its occurrences in the"
    " period. The number of items follows from the nature and the frequency of the control and from the assessed"
    " risk, and the items were selected without regard to their outcome. An item that failed was not replaced."
)


def title_of(frame: Frame) -> str:
    """What the section holds: a Type 1 has no tests."""
    judged = "Control Objectives" if frame.is_soc1 else "Trust Services Criteria"
    return f"{judged}, Controls, Tests of Controls, and Results" if frame.is_type2 else f"{judged} and Related Controls"


def section_controls(frame: Frame) -> Iterator[Block]:
    """The section, laid out by criterion or as a matrix with every control once."""
    yield from _opening(frame)
    if frame.content.layout == Layout.BY_CRITERION:
        yield from _by_criterion(frame)
    else:
        yield from _matrix(frame)


def _opening(frame: Frame) -> Iterator[Block]:
    judged = "control objectives" if frame.is_soc1 else "applicable trust services criteria"
    yield Paragraph(
        f"The {judged} and the controls below were specified by {frame.org}; they are its responsibility, and are a"
        f" part of the description in {frame.section(Section.DESCRIPTION)}."
    )
    if not frame.is_type2:
        yield Paragraph(
            f"This section shows the controls as of {frame.span}. Their operating effectiveness was not tested."
        )
        return
    yield Heading("How the Controls Were Tested")
    yield Paragraph(
        f"The tests covered {frame.span}. Their nature, timing, and extent are the service auditor’s, who used the"
        " following procedures:"
    )
    kinds = {each.kind for control in frame.content.controls for test in control.tests for each in test.procedures}
    yield Items(tuple(text for kind, text in _PROCEDURES.items() if kind in kinds))
    yield Paragraph(
        frame.content.reliability
        or f"Where tests used information that {frame.org} produced, such as lists from which items were selected, its"
        " completeness and accuracy were evaluated by inspecting how it was obtained, and by comparison with its"
        " source."
    )
    yield Paragraph(sentence(frame.content.sampling or _SAMPLING))
    if frame.content.internal_audit:
        yield Paragraph(sentence(frame.content.internal_audit))
    yield Paragraph(_meaning(frame))


def _meaning(frame: Frame) -> str:
    term: Term = frame.content.term
    return (
        f"{_article(term)} {term} is an instance in which a control did not operate as described. “No {term}s noted”"
        f" means that the tests found none. Whether {term}s affect the opinion is stated in"
        f" {frame.section(Section.REPORT)} only."
    )


def _article(term: Term) -> str:
    return "An" if term == Term.EXCEPTION else "A"


def _by_criterion(frame: Frame) -> Iterator[Block]:
    for criterion in frame.content.criteria:
        controls = [each for each in frame.content.controls if criterion.code in each.criteria]
        if controls:
            yield Heading(f"{criterion.code}  {criterion.title}")
            yield _controls(frame, f"Controls for {criterion.code}", controls)


def _matrix(frame: Frame) -> Iterator[Block]:
    judged = "Control objective" if frame.is_soc1 else "Criterion"
    yield Heading(
        "Criteria and the Controls That Address Them" if not frame.is_soc1 else "Control Objectives and Controls"
    )
    rows = []
    for criterion in frame.content.criteria:
        codes = [each.code for each in frame.content.controls if criterion.code in each.criteria]
        if codes:
            rows.append((criterion.code, criterion.title, ", ".join(codes)))
    heads = (Column(judged, 14), Column("Subject", 46), Column("Controls", 40))
    yield Table("Criteria and controls", heads, rows_of(rows))
    yield Heading("Controls, Tests, and Results" if frame.is_type2 else "Controls")
    yield _controls(frame, "Controls in the order of their numbers", frame.content.controls)


def _controls(frame: Frame, about: str, controls: Sequence[ReportedControl]) -> Table:
    number = Column("Control no.", 10)
    specified = Column(f"Control specified by {frame.org}", 32)
    if not frame.is_type2:
        specified = Column(specified.title, 90)
        return Table(about, (number, specified), rows_of([(each.code, each.text) for each in controls]))
    heads = (number, specified, Column("Test performed by the service auditor", 32), Column("Result", 26))
    return Table(about, heads, tuple(row for control in controls for row in _rows(frame, control)))


def _rows(frame: Frame, control: ReportedControl) -> Iterator[tuple[Cell, ...]]:
    """A row for each test; the cells of the control span them."""
    spans = len(control.tests)
    for place, test in enumerate(control.tests):
        procedures = "\n\n".join(each.text for each in test.procedures)
        responded = any(each.control == control.code for each in frame.content.responses)
        response_in = frame.section(Section.OTHER) if responded else None
        tested = (Cell(procedures), Cell(result_text(test, frame.content.term, response_in=response_in)))
        yield (Cell(control.code, spans), Cell(control.text, spans), *tested) if place == 0 else tested
