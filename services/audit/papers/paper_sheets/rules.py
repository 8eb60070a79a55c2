"""What stands in the sheet of a paper, and what a row of it says. Pure functions.

Each row carries the engagement, the paper with its version and edition, and the item, so that what was worked on
offline comes back to where it is from or is refused. Cells are text; nothing in them runs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from services.audit.papers.item_tests.schemas import ItemTestDraft
from services.audit.papers.papers.models import Paper
from services.audit.sampling.samples.models import ItemStatus
from shared.problems import Fault, words_of
from shared.tables.headings import Column, Shape
from shared.tables.tables import Row

MOST_ROWS = 5_000
_FIXED = ("engagement", "paper", "version", "edition", "item", "place", "key")
_SAID = ("outcome", "reason", "alternatives", "tick marks", "evidence", "note")
_RESULT, _MARKS = "result", "marks"


@dataclass(frozen=True, slots=True)
class SheetItem:
    """An item with what its test says so far."""

    id: UUID
    place: int
    key: str
    status: ItemStatus
    reason: str | None
    alternatives: str | None
    attributes: Mapping[str, tuple[str, Sequence[str]]]
    tick_marks: Sequence[str]
    evidence: Sequence[str]
    note: str | None


def columns_of(codes: Sequence[str]) -> list[str]:
    """The headings of the sheet: two for each attribute of the sample."""
    pairs = [f"{code} {kind}" for code in codes for kind in (_RESULT, _MARKS)]
    return [*_FIXED, "outcome", *pairs, *_SAID[1:]]


def shape_of(codes: Sequence[str]) -> Shape:
    """What a sheet that comes in may look like."""
    required = {*_FIXED, "outcome"}
    return Shape([Column(name, required=name in required) for name in columns_of(codes)], MOST_ROWS)


def cells_of(paper: Paper, item: SheetItem, codes: Sequence[str]) -> list[str]:
    """The row of an item."""
    outcome = "" if item.status == ItemStatus.PENDING else item.status.value
    tested = [item.attributes.get(code, ("", ())) for code in codes]
    return [
        *(str(each) for each in (paper.engagement_id, paper.id, paper.version, paper.edition, item.id, item.place)),
        item.key,
        outcome,
        *(text for result, marks in tested for text in (result, " ".join(marks))),
        item.reason or "",
        item.alternatives or "",
        " ".join(item.tick_marks),
        " ".join(item.evidence),
        item.note or "",
    ]


def faults_of_origin(rows: Sequence[Row], paper: Paper, items: Collection[UUID]) -> Iterator[Fault]:
    """Rows of another engagement or paper, of an earlier version, of items that the sample does not have, or twice."""
    expected = {
        "engagement": str(paper.engagement_id),
        "paper": str(paper.id),
        "version": str(paper.version),
        "edition": str(paper.edition),
    }
    known, seen = {str(each) for each in items}, set[str]()
    for row in rows:
        for name, value in expected.items():
            if row.cells[name].strip() != value:
                yield Fault(f"/rows/{row.number}/{name}", f"'{row.cells[name]}' is not {value}: export the paper anew")
        item = row.cells["item"].strip()
        if item not in known or item in seen:
            words = "occurs twice" if item in seen else "is no item of the paper's sample"
            yield Fault(f"/rows/{row.number}/item", words)
        seen.add(item)


def draft_of(row: Row, codes: Sequence[str]) -> ItemTestDraft | list[Fault] | None:
    """What a row says of its item; None for one without an outcome, which stays as it is."""
    cells = {name: text.strip() for name, text in row.cells.items()}
    if not cells.get("outcome"):
        return None
    attributes = [
        {
            "code": code,
            "result": cells[f"{code} {_RESULT}"],
            "tick_marks": cells.get(f"{code} {_MARKS}", "").split(),
        }
        for code in codes
        if cells.get(f"{code} {_RESULT}")
    ]
    said = {
        "outcome": cells["outcome"],
        "attributes": attributes,
        "tick_marks": cells.get("tick marks", "").split(),
        "evidence": cells.get("evidence", "").split(),
        **{name: cells.get(name) or None for name in ("reason", "alternatives", "note")},
    }
    try:
        return ItemTestDraft.model_validate(said)
    except ValidationError as refused:
        return [
            Fault(f"/rows/{row.number}/{'/'.join(map(str, error['loc']))}", words_of(error))
            for error in refused.errors()
        ]
