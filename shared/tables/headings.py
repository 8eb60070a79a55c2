"""Headings as people write them: which column of the table each means."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from shared.problems import Fault
from shared.tables.formats import UnreadableTable
from shared.tables.wording import plain

# What a request says of a heading: `Our ref:code`, or `Remarks:` to ignore it.
HeadingMapping = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*\S:[a-z_]*$")]
IGNORED = ""  # in a mapping: the heading is no column


class HeadingSource(StrEnum):
    """Why a heading means a column: the request says so, an accepted import said so, or its words do."""

    REQUEST = "request"
    KEPT = "kept"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, with other headings that mean it. `several`: its cells may stand under several headings."""

    name: str
    synonyms: Collection[str] = ()
    required: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table may look like: its columns, and how many rows it may have."""

    columns: Sequence[Column]
    most_rows: int

    @property
    def headings(self) -> dict[str, str]:
        """The column of each heading that is understood, by its plain words."""
        return {plain(text): column.name for column in self.columns for text in (*column.synonyms, column.name)}


class Heading(BaseModel):
    """A heading of the file, and the column that it was taken for."""

    heading: str
    column: str | None = Field(description="Null where the heading means no column: its cells are ignored")
    source: HeadingSource | None = Field(
        description="`request`: by `columns` of this request. `kept`: by `columns` of an earlier import with the same"
        " headings. `words`: by its words. Null where it is ignored by none of them"
    )


def understood(
    texts: Sequence[str], shape: Shape, *, asked: Mapping[str, str], kept: Mapping[str, str], row: int
) -> list[Heading]:
    """What each heading means: what is `asked`, or else was `kept`, or else what its words say.

    Both map plain words to the name of a column, or to `IGNORED`. `UnreadableTable` names what is asked of a heading or
    column that is not there, a column that is meant twice, and a required one that no heading means.
    """
    names = {column.name for column in shape.columns}
    there = {plain(text) for text in texts}
    faults = [Fault("query/columns", f"No heading is '{text}'.") for text in asked if text not in there]
    faults += [
        Fault("query/columns", f"There is no column '{column}'; the columns are {', '.join(sorted(names))}.")
        for column in asked.values()
        if column != IGNORED and column not in names
    ]
    words = shape.headings
    headings = [_heading(text, asked, kept, words) for text in texts]
    faults += _column_faults(headings, shape, row)
    if faults:
        raise UnreadableTable("The headings of the file do not fit.", faults=faults)
    return headings


def _heading(text: str, asked: Mapping[str, str], kept: Mapping[str, str], words: Mapping[str, str]) -> Heading:
    for source, meant in (
        (HeadingSource.REQUEST, asked),
        (HeadingSource.KEPT, kept),
        (HeadingSource.WORDS, words),
    ):
        if (column := meant.get(plain(text))) is not None:
            return Heading(heading=text, column=column or None, source=source)
    return Heading(heading=text, column=None, source=None)


def _column_faults(headings: Sequence[Heading], shape: Shape, row: int) -> list[Fault]:
    by_column: dict[str | None, list[str]] = defaultdict(list)
    for heading in headings:
        by_column[heading.column].append(heading.heading)
    faults = []
    for column in shape.columns:
        texts = by_column[column.name]
        if len(texts) > 1 and not column.several:
            all_texts = ", ".join(f"'{text}'" for text in texts)
            detail = f"{all_texts} mean the column {column.name}: say with `columns` which one is."
            faults.append(Fault(f"/rows/{row}/{column.name}", detail))
        elif column.required and not texts:
            faults.append(Fault(f"/rows/{row}/{column.name}", "The column is missing."))
    return faults
