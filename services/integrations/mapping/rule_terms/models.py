from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Path = tuple[str, ...]


class FactKind(StrEnum):
    """What can be learnt from other systems."""

    CHECK_REPORTED = "check_reported"
    TICKET_CHANGED = "ticket_changed"
    VULNERABILITY_REPORTED = "vulnerability_reported"
    PERSON_JOINED = "person_joined"
    PERSON_MOVED = "person_moved"
    PERSON_LEFT = "person_left"


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether the value at a place is one of `values`, each exact or a beginning followed by `*`.

    `within` names a list, of which any item may fulfil it; `at` is then a place in the item.
    """

    at: Path
    values: tuple[str, ...]
    within: Path = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """The state `of` becomes `to` where the condition holds: a build that passed and is blocked has not passed."""

    when: Condition
    of: str
    to: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of event of one sender: where in it what is found.

    `events` are names, each exact or a beginning followed by `*`. `each` is where several things are listed: one of
    them after the other is then at `each` of the document. `only` leaves out what does not fulfil all of its
    conditions. `thing` names what the fact is about, `run` the run of a check: the values at these paths, joined.
    `state` is where its state is, and `states` what each value of it means; PENDING is no fact yet, and a value that is
    not there is unmapped. `branch`, `default_branch`, `repository` and `head_repository` say whether a check is
    evidence. `more` is told besides.
    """

    fact: FactKind
    events: tuple[str, ...]
    thing: tuple[Path, ...]
    state: Path
    states: Mapping[str, str]
    each: Path = ()
    only: tuple[Condition, ...] = ()
    corrections: tuple[Correction, ...] = ()
    run: tuple[Path, ...] = ()
    time: Path = ()
    url: Path = ()
    branch: Path = ()
    default_branch: Path = ()
    repository: Path = ()
    head_repository: Path = ()
    more: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one kind of sender; events named in `no_facts` say nothing that becomes a fact."""

    rules: tuple[Rule, ...] = ()
    no_facts: tuple[str, ...] = ()
