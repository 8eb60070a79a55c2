from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field


class RowExample(BaseModel):
    """A row that a hint is about, as the file numbers it."""

    row: int = Field(description="The first row of the file is 1")
    key: str
    value: str = Field(description="What the row says")


class DayGap(BaseModel):
    """Days in a row, of the period, on which nothing in the population falls."""

    first_day: date
    last_day: date
    days: int


class DayHints(BaseModel):
    """How the items fall on the days of the period."""

    first_day: date | None = Field(description="Of all rows; null without any")
    last_day: date | None
    rows_outside_period: int
    outside_period: list[RowExample] = Field(description="The first ten")
    days_without_rows: int = Field(description="Days of the period on which no item falls, weekends and all")
    gap_count: int
    gaps: list[DayGap] = Field(description="The ten longest, longest first. One at an end of the period may be a cut")


class NumberGap(BaseModel):
    """Numbers that are missing between two that are there."""

    first_number: int
    last_number: int
    numbers: int


class SequenceHints(BaseModel):
    """Keys that begin alike and end in numbers, such as CHG-0001."""

    prefix: str = Field(examples=["CHG-"])
    rows: int
    first_number: int
    last_number: int
    missing: int = Field(description="How many numbers between the first and the last no row has")
    gap_count: int
    gaps: list[NumberGap] = Field(description="The ten longest, longest first")


class EarlierPopulation(BaseModel):
    """This population against the one that was frozen before it: of its series, or of the same control and title."""

    population_id: UUID
    rows: int
    rows_change_percent: int = Field(description="Against the earlier one, by rows a day; 0 is as many")
    same_query: bool = Field(description="The query and its parameters are the same, word by word")
    same_file: bool = Field(description="The file has the same bytes, although it should be another")


class PopulationHints(BaseModel):
    """What the rows show. A hint is no fault: whether it matters is for who concludes on the reliability."""

    days: DayHints | None = Field(description="Null where no column of days was named")
    sequences: list[SequenceHints] = Field(description="The five with the most rows")
    rows_in_system: int | None = Field(description="As seen in the system by who ran the query")
    rows_against_system: int | None = Field(description="How many rows more the file has than were seen in the system")
    earlier: EarlierPopulation | None = Field(description="Null where there is none")
