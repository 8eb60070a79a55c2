from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.fields import Input, Prose, Title

FEWEST_STEPS, MOST_STEPS = 3, 7

Category = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$"),
    Field(description="What kind of risk it is, in the organisation's own division", examples=["security"]),
]
LevelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["moderate"])]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$"), Field(examples=["#f59e0b"])]


class Step(Input):
    """One step of a scale, in words that two people understand alike."""

    word: Title = Field(examples=["High"])
    description: Prose = Field(examples=["Highly likely to occur and to do harm."])


class Level(Input):
    """How high a risk is. The name is for programs, the word for people."""

    name: LevelName
    word: Title = Field(examples=["Moderate"])
    colour: Colour


class Appetite(Input):
    """The highest level that the organisation accepts, by category of risk where it differs."""

    default: LevelName
    by_category: dict[Category, LevelName] = Field(default={}, max_length=50, examples=[{"security": "low"}])


Scale = Annotated[list[Step], Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)]
Row = Annotated[list[LevelName], Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)]


class MethodTerms(Input):
    """A method in full. Scales and levels rise; the steps of a scale are counted from 1."""

    title: Title = Field(examples=["How we rate risk"])
    likelihood: Scale
    impact: Scale
    levels: list[Level] = Field(min_length=2, max_length=MOST_STEPS)
    matrix: list[Row] = Field(
        min_length=FEWEST_STEPS,
        max_length=MOST_STEPS,
        description="The level for each likelihood (rows, from its first step) and impact (columns, likewise)",
    )
    appetite: Appetite
