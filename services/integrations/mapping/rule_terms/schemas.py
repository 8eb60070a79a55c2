from typing import Annotated

from pydantic import Field, StringConstraints

from services.integrations.mapping.rule_terms.models import FactKind
from shared.http.fields import Input

Pointer = Annotated[
    str,
    StringConstraints(min_length=2, max_length=200, pattern=r"^(/([^~/\x00-\x1f\x7f]|~[01])+)+$"),
    Field(
        description="A JSON pointer (RFC 6901). Below `/each` is the listed thing, where the rule has `each`",
        examples=["/build/state"],
    ),
]
EventName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^*\x00-\x1f\x7f]+\*?$"),
    Field(description="The sender's name of an event, or its beginning followed by `*`", examples=["build.finished"]),
]
Pattern = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=r"^[^*\x00-\x1f\x7f]*\*?$"),
    Field(description="A value, or its beginning followed by `*`; `*` alone is any value that is there"),
]
Value = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
StateName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$"), Field(examples=["pass"])]
DataName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$"), Field(examples=["commit"])]


class ConditionTerms(Input):
    """Whether the value at a place is one of these."""

    at: Pointer
    values: list[Pattern] = Field(min_length=1, max_length=50)
    within: Pointer | None = Field(
        default=None, description="A list, of which any item may fulfil it; `at` is then a place in the item"
    )


class CorrectionTerms(Input):
    """A state that becomes another where a condition holds."""

    when: ConditionTerms
    of: StateName
    to: StateName


class RuleTerms(Input):
    """One kind of event: where in it what is found."""

    fact: FactKind
    events: list[EventName] = Field(min_length=1, max_length=20)
    each: Pointer | None = Field(default=None, description="A list, of which each item is a fact")
    only: list[ConditionTerms] = Field(
        default=[], max_length=5, description="What does not fulfil all of them is left out"
    )
    thing: list[Pointer] = Field(
        min_length=1, max_length=4, description="What the fact is about: these values, joined; the last must be there"
    )
    run: list[Pointer] = Field(default=[], max_length=3, description="The run of a check: these values, joined")
    state: Pointer
    states: dict[Value, StateName] = Field(
        min_length=1,
        max_length=100,
        description="What each value at `state` means: `null` is a value that is not there, `pending` no fact yet."
        " A value that is not in the table is unmapped",
        examples=[{"passed": "pass", "failed": "fail", "running": "pending"}],
    )
    corrections: list[CorrectionTerms] = Field(default=[], max_length=10)
    time: Pointer | None = None
    url: Pointer | None = None
    branch: Pointer | None = None
    default_branch: Pointer | None = None
    repository: Pointer | None = None
    head_repository: Pointer | None = Field(
        default=None, description="The repository that a check ran for; another than `repository` is a fork"
    )
    more: dict[DataName, Pointer] = Field(default={}, max_length=10, description="What is kept in `data` besides")
