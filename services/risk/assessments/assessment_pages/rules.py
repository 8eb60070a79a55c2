"""An assessment as a document: how it was made, what was found, what people said, what moved. Pure functions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.risk.assessments.assessment_comparisons.schemas import AssessmentComparison, ComparedDirection
from services.risk.assessments.assessment_documents.schemas import AssessmentDocument, AssessmentRecord, RecordedRisk
from services.risk.assessments.assessments.models import AssessmentStatus
from services.risk.register.risks.schemas import RatingOut
from services.risk.terms.method_terms.rules import word_of
from services.risk.terms.method_terms.schemas import MethodTerms
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

_TITLE = "Risk Assessment"
_WORDS = {
    ComparedDirection.ENTERED: "entered the scope",
    ComparedDirection.LEFT: "left the scope",
    ComparedDirection.UP: "rose",
    ComparedDirection.DOWN: "fell",
    ComparedDirection.SAME: "stayed",
    ComparedDirection.UNDECIDED: "not decided",
    ComparedDirection.NOT_COMPARABLE: "rated by another method",
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What a document is made of besides the record: the method's words, the names of people, the comparison."""

    terms: MethodTerms
    people: Mapping[UUID, str]
    comparison: AssessmentComparison


def document_of(content: AssessmentDocument, sources: Sources) -> Document:
    """The document. One that is not completed says on every page that it is a draft."""
    record = content.record
    draft = record.status != AssessmentStatus.COMPLETED
    lead = _name(sources, record.lead_id)
    frozen = f"Scope frozen on {_moment(record.started_at)}"
    done = f"Completed on {_moment(record.completed_at)}" if record.completed_at else f"State: {record.status}"
    cover = Cover(_TITLE, record.title, (f"For {', '.join(record.criteria)}", frozen, done), f"Led by {lead}")
    parts = (
        Part("1. About This Assessment", tuple(_about(content, sources))),
        Part("2. Results", tuple(_results(record, sources)), wide=True),
        Part("3. Ratings and Comments", tuple(_ratings(record, sources)), wide=True),
        Part("4. Since the Scope Was Frozen", tuple(_drift(record))),
        Part("5. Since the Last Assessment", tuple(_comparison(sources)), wide=True),
    )
    running = f"{_TITLE}: {record.title}"
    return Document(running, lead, Look.ASSESSMENT, cover, parts, running, "DRAFT" if draft else None)


def _about(content: AssessmentDocument, sources: Sources) -> Iterator[Block]:
    record = content.record
    yield from _extract(content)
    yield from paragraphs_of(record.purpose)
    yield Facts(tuple(_facts(content, sources)))
    yield Heading("Approvals")
    if not record.approvals:
        yield Paragraph("Nobody has approved this assessment yet.")
    else:
        columns = (Column("Who", 30), Column("When", 24), Column("Round", 10), Column("Note", 46))
        lines = [(each.by.label, _moment(each.at), str(each.round), each.note or "") for each in record.approvals]
        yield Table("Approvals", columns, rows_of(lines))
    if record.returns:
        yield Heading("Returned to the Participants")
        heads = (Column("Who", 30), Column("When", 24), Column("Reason", 56))
        yield Table(
            "Returns", heads, rows_of([(each.by.label, _moment(each.at), each.reason) for each in record.returns])
        )
    yield Heading("How It Was Made")
    yield Paragraph(
        "Participants rated how likely and how grave each risk is, as if its controls did nothing (inherent). What the"
        " controls leave (current) follows from their health when the scope was frozen, by the method's credit rule."
        " Planned controls count for nothing. Who approved the assessment rated none of its risks."
    )
    if record.completion_note:
        yield Heading("Note on Completion")
        yield from paragraphs_of(record.completion_note)


def _extract(content: AssessmentDocument) -> Iterator[Block]:
    if not content.is_whole:
        yield Paragraph(
            "This is an extract for the engagement: risks, words and controls outside its scope are left out. The"
            " digest is of the whole record.",
            Tone.LEAD,
        )


def _facts(content: AssessmentDocument, sources: Sources) -> Iterator[tuple[str, str]]:
    record = content.record
    yield "Criteria", ", ".join(record.criteria)
    yield "State", str(record.status)
    yield "Risks", str(len(record.risks))
    yield "Method", f"Number {record.method_number}"
    yield "Lead", _name(sources, record.lead_id)
    yield "Participants", ", ".join(_name(sources, each) for each in record.participant_ids)
    yield "Ratings needed", f"{record.raters_needed} for each risk"
    yield "Due", _day(record.due_on)
    yield "Started", f"{_moment(record.started_at)}, by {record.started_by.label}"
    if record.completed_by is not None:
        yield "Completed", f"{_moment(record.completed_at)}, by {record.completed_by.label}"
    if content.digest is not None:
        yield "Digest (SHA-256)", content.digest


def _results(record: AssessmentRecord, sources: Sources) -> Iterator[Block]:
    yield Heading("Risks by Level")
    decided = [risk.result for risk in record.risks if risk.result]
    inherent = Counter(result.inherent.level for result in decided)
    current = Counter(result.current.level for result in decided)
    levels = [(each.word, str(inherent[each.name]), str(current[each.name])) for each in reversed(sources.terms.levels)]
    if missing := len(record.risks) - len(decided):
        levels.append(("Not decided", str(missing), str(missing)))
    columns = (Column("Level", 40), Column("Inherent, as assessed", 30), Column("Current, by the controls", 30))
    yield Table("Risks by level", columns, rows_of(levels))
    yield Heading("Risks")
    yield Paragraph("L is the step of likelihood, I that of impact; “current” is by the controls, as assessed.")
    heads = (
        Column("Code", 10),
        Column("Risk", 30),
        Column("Category", 13),
        Column("Owner", 15),
        Column("Inherent before", 16),
        Column("Inherent assessed", 16),
        Column("Current", 16),
        Column("Standing", 14),
        Column("State", 12),
    )
    yield Table("Risks", heads, rows_of([_line(risk, sources) for risk in record.risks]))


def _line(risk: RecordedRisk, sources: Sources) -> Sequence[str]:
    result = risk.result
    return (
        risk.risk_code,
        risk.risk_title,
        risk.category,
        _name(sources, risk.owner_id),
        _rating(risk.frozen.inherent, sources),
        _rating(result.inherent, sources) if result else "",
        _rating(result.current, sources) if result else "",
        result.standing.replace("_", " ") if result else "",
        risk.status if risk.applied is not False else f"{risk.status}, not applied",
    )


def _ratings(record: AssessmentRecord, sources: Sources) -> Iterator[Block]:
    lines = [line for risk in record.risks for line in _said(risk, sources)]
    if not lines:
        yield Paragraph("No risk has been rated yet.")
        return
    columns = (Column("Risk", 30), Column("Who", 20), Column("Likelihood and impact", 26), Column("Why", 60))
    yield Table("Ratings and comments", columns, rows_of(lines))


def _said(risk: RecordedRisk, sources: Sources) -> Iterator[Sequence[str]]:
    name = f"{risk.risk_code} {risk.risk_title}"
    for rating in risk.ratings:
        yield name, rating.by.label, _steps(rating.likelihood, rating.impact, sources), rating.comment
    if resolution := risk.resolution:
        steps = _steps(resolution.likelihood, resolution.impact, sources)
        yield name, f"{resolution.by.label}, resolving", steps, resolution.reason


def _drift(record: AssessmentRecord) -> Iterator[Block]:
    moved = [(risk.risk_code, "\n".join(change.text for change in risk.drift)) for risk in record.risks if risk.drift]
    if not moved:
        yield Paragraph("None of these risks, nor the health of its controls, moved in the register meanwhile.")
        return
    yield Paragraph(
        "These risks moved in the register meanwhile. Whoever completes the assessment names each of them.", Tone.LEAD
    )
    yield Table("What moved", (Column("Risk", 15), Column("What moved", 85)), rows_of(moved))


def _comparison(sources: Sources) -> Iterator[Block]:
    compared = sources.comparison
    if compared.with_id is None:
        yield Paragraph("No assessment was completed before this one started.")
        return
    yield Paragraph(f"Compared with “{compared.with_title}”, by the levels that both found.", Tone.LEAD)
    counts = [
        (word.capitalize(), str(compared.inherent.get(each, 0)), str(compared.current.get(each, 0)))
        for each, word in _WORDS.items()
        if compared.inherent.get(each) or compared.current.get(each)
    ]
    columns = (Column("Risks that", 40), Column("Inherent level", 30), Column("Current level", 30))
    yield Table("How many risks went which way", columns, rows_of(counts))
    lines = [
        (
            f"{risk.risk_code} {risk.risk_title}",
            *(_rating(then.inherent, sources) if then else "" for then in (risk.before, risk.after)),
            _WORDS[risk.inherent],
            *(_rating(then.current, sources) if then else "" for then in (risk.before, risk.after)),
            _WORDS[risk.current],
        )
        for risk in compared.risks
    ]
    heads = (
        Column("Risk", 30),
        Column("Inherent then", 16),
        Column("Inherent now", 16),
        Column("Inherent", 12),
        Column("Current then", 16),
        Column("Current now", 16),
        Column("Current", 12),
    )
    yield Table("Each risk", heads, rows_of(lines))


def _rating(rating: RatingOut, sources: Sources) -> str:
    names = {level.name for level in sources.terms.levels}
    word = word_of(sources.terms, rating.level) if rating.level in names else rating.level
    return f"{word} (L{rating.likelihood}, I{rating.impact})"


def _steps(likelihood: int, impact: int, sources: Sources) -> str:
    terms = sources.terms
    words = terms.likelihood[likelihood - 1].word, terms.impact[impact - 1].word
    return f"{likelihood} ({words[0]}), {impact} ({words[1]})"


def _name(sources: Sources, person_id: UUID) -> str:
    return sources.people.get(person_id, str(person_id))


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _moment(moment: datetime | None) -> str:
    return f"{_day(moment)}, {moment:%H:%M} UTC" if moment else ""
