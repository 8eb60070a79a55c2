"""The columns of a table of questions with the headings that mean them, and what its rows say. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from services.risk.questionnaires.templates.schemas import MOST_QUESTIONS, Question, QuestionKind, QuestionSection
from services.risk.vendors.vendors.models import VendorTier
from shared.problems import words_of
from shared.tables.cell_faults import CellFault, Cells
from shared.tables.headings import Column, Shape
from shared.tables.tables import Row
from shared.tables.wording import Words, plain

_APART = re.compile(r"[;,|\n]+")
_HEADINGS: Mapping[str, str] = {
    "section": "Domain | Category | Topic | Area | Group | Control domain | Section title",
    "code": "ID | Ref | Reference | No | Number | Question ID | Question no | Question # | #",
    "text": "Question | Question text | Wording | Ask",
    "help": "Guidance | Notes | Instructions | Hint | Explanation",
    "kind": "Type | Answer type | Response type",
    "criteria": "Criterion | TSC | Mapping | Control mapping | Mapped to | Requirements",
    "weight": "Points | Importance | Score",
    "knock_out": "Knockout | Mandatory | Critical | Must have",
    "tiers": "Tier | Asked of | Applies to",
}
COLUMNS = tuple(_HEADINGS)
SHAPE = Shape(
    columns=[Column(name, words.split("|"), required=name == "text") for name, words in _HEADINGS.items()],
    most_rows=MOST_QUESTIONS,
)
_WORDS = {
    "kind": Words(
        "kind of question",
        {
            QuestionKind.YES_NO: "Yes/No | Yes no | YN | Boolean | Yes, no, n/a | Yes/No/NA",
            QuestionKind.TEXT: "Free text | Open | Narrative | Description",
        },
    ),
    "knock_out": Words("yes or no", {"true": "Yes | Y | X | 1", "false": "No | N | 0"}),
}
_TIERS = Words(
    "tier",
    {
        VendorTier.LOW: "Tier 4 | 4",
        VendorTier.MODERATE: "Medium | Tier 3 | 3",
        VendorTier.HIGH: "Tier 2 | 2",
        VendorTier.CRITICAL: "Tier 1 | 1",
    },
)
_UNNAMED = "Questions"


def mapping_of(columns: Iterable[str]) -> dict[str, str]:
    """What a request says of headings, by their plain words: `Our ref:code`."""
    return {plain(text): column for text, _, column in (each.rpartition(":") for each in columns)}


def sections_in(rows: Iterable[Row]) -> tuple[list[QuestionSection], list[CellFault]]:
    """The sections that the rows describe, in the order in which they first occur, and all that is wrong."""
    questions: dict[str, list[Question]] = {}
    first: dict[str, int] = {}
    faults: list[CellFault] = []
    for row in rows:
        said = {name: text for name, cell in row.cells.items() if (text := cell.strip())}
        title = said.pop("section", _UNNAMED)[:200]
        cells = Cells(row.number, dict(said))
        cells.given.setdefault("code", f"Q-{row.number}")
        _understand(cells, said)
        question = _question(cells, said)
        if question is not None and (earlier := first.setdefault(question.code, row.number)) != row.number:
            cells.refuse("code", f"Row {earlier} has the code {question.code} as well.", question.code)
        if question is not None and not cells.wrong:
            questions.setdefault(title, []).append(question)
        faults += cells.faults(COLUMNS)
    return [_section(place, title, listed) for place, (title, listed) in enumerate(questions.items(), 1)], faults


def _section(place: int, title: str, questions: list[Question]) -> QuestionSection:
    return QuestionSection.model_construct(code=f"S{place}", title=title, questions=questions)


def _understand(cells: Cells, said: Mapping[str, str]) -> None:
    for column in _WORDS.keys() & said.keys():
        if (word := _WORDS[column].meaning(said[column])) is None:
            cells.refuse(column, _WORDS[column].refusal(said[column]), said[column])
        else:
            cells.given[column] = word
    for column in {"criteria", "tiers"} & said.keys():
        cells.given[column] = [text for part in _APART.split(said[column]) if (text := part.strip())]
    if "tiers" in said:
        meant: list[Any] = []
        for text in cells.given["tiers"]:
            if (tier := _TIERS.meaning(text)) is None:
                cells.refuse("tiers", _TIERS.refusal(text), text)
            else:
                meant.append(tier)
        cells.given["tiers"] = meant or list(VendorTier)


def _question(cells: Cells, said: Mapping[str, str]) -> Question | None:
    try:
        return Question.model_validate(cells.given)
    except ValidationError as error:
        for fault in error.errors():
            column = str(fault["loc"][0])
            if column not in cells.wrong:
                cells.refuse(column, words_of(fault), said.get(column))
        return None
