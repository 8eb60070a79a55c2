from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.fields import Input, Prose, Title
from shared.identity.roles import Role

FEWEST_STEPS, MOST_STEPS = 3, 7

Category = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$"),
    Field(description="The kind of risk, in the organisation's own division", examples=["security"]),
]
LevelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["moderate"])]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$"), Field(examples=["#fe9929"])]
Place = Annotated[int, Field(ge=1, le=MOST_STEPS, description="A step of one of the method's scales, from 1")]


class Step(Input):
    """One step of a scale, in words that two people understand alike."""

    word: Title = Field(examples=["High"])
    description: Prose = Field(examples=["Highly likely to occur and to do harm."])


Scale = Annotated[list[Step], Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)]
Row = Annotated[list[LevelName], Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)]


class Level(Input):
    """How high a risk is. The name is for programs, the word for people."""

    name: LevelName
    word: Title = Field(examples=["Moderate"])
    colour: Colour


class Limits(Input):
    """How much risk is accepted, as names of levels: appetite ≤ tolerance ≤ capacity."""

    appetite: LevelName = Field(description="The highest level that is wanted; a risk above it needs attention")
    tolerance: LevelName = Field(description="A risk above it is treated, or accepted with authority")
    capacity: LevelName = Field(description="A risk above it is escalated; nobody can accept it")


class Thresholds(Input):
    """The limits of every risk, by category where they differ."""

    default: Limits
    by_category: dict[Category, Limits] = Field(
        default={},
        max_length=50,
        examples=[{"security": {"appetite": "low", "tolerance": "moderate", "capacity": "high"}}],
    )


class Credit(StrEnum):
    """How much of a control's steps counts: all, half of them rounded down, or none."""

    FULL = "full"
    HALF = "half"
    NONE = "none"


class Combination(StrEnum):
    """What several controls that lower the same factor are worth together: their sum, or the strongest alone."""

    SUM = "sum"
    STRONGEST = "strongest"


class HealthCredits(Input):
    """The credit of a control in operation, by its health. A control that is planned or retired earns none."""

    healthy: Credit = Credit.FULL
    at_risk: Credit = Credit.FULL
    unknown: Credit = Credit.NONE
    failing: Credit = Credit.NONE


class StepsByFactor(Input):
    """A number of steps for each factor of a risk."""

    likelihood: Place
    impact: Place


class CreditRule(Input):
    """How far the controls of a risk lower it."""

    combine: Combination = Combination.SUM
    by_health: HealthCredits = HealthCredits()
    cap: StepsByFactor = Field(
        default=StepsByFactor(likelihood=4, impact=4),
        description="The most steps by which all controls together lower a factor",
    )
    floor: StepsByFactor = Field(
        default=StepsByFactor(likelihood=1, impact=1), description="The step below which no control lowers a factor"
    )


class Authority(Input):
    """Who may accept a risk of a level, and for how long."""

    level: LevelName
    approvers: int = Field(
        ge=0, le=5, description="How many people approve besides the risk's owner; 0: the owner alone may accept"
    )
    roles: list[Role] = Field(
        max_length=5, description="The roles that approvers have", examples=[[Role.RISK_MANAGER, Role.ADMIN]]
    )
    longest_months: int = Field(ge=1, le=60, description="The longest term of an acceptance, in months")
    compensating_control: bool = Field(description="Whether an acceptance has to name a compensating control")


class LikelihoodTable(Input):
    """How the likelihood of an event and that of harm by it give the step of likelihood (NIST SP 800-30, table G-5)."""

    occurrence: Scale = Field(description="How likely the event is to be initiated or to occur")
    harm: Scale = Field(description="How likely the event, once it occurs, is to do harm")
    table: list[Annotated[list[Place], Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)]] = Field(
        min_length=FEWEST_STEPS,
        max_length=MOST_STEPS,
        description="The step of likelihood for each occurrence (rows, from its first step) and harm (columns)",
    )


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
    likelihood_table: LikelihoodTable | None = Field(
        default=None, description="Null where likelihood is always rated as one"
    )
    thresholds: Thresholds
    credit: CreditRule = CreditRule()
    authority: list[Authority] = Field(
        min_length=2, max_length=MOST_STEPS, description="One entry for each level, in the order of the levels"
    )
    longest_override_days: int = Field(
        default=90, ge=1, le=366, description="The longest term of an override of a computed rating, in days"
    )
    four_eyes: bool = Field(
        default=False, description="Whether another person than its author has to put a method in force"
    )
