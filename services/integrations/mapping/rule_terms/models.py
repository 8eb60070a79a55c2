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
    PERSON_LEFT = "person_left"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of event of one sender: where in it what is found.

    `events` is a regular expression for the whole name. `each` is where several things are listed. `thing` names what
    the fact is about, `run` the run of a check: the values at these paths, joined. `state` is where its state is, and
    `states` what each value of it means; PENDING is no fact yet, and a value that is not there is unmapped. `branch`,
    `default_branch`, `repository` and `head_repository` say whether a check is evidence. `more` is told besides.
    """

    fact: FactKind
    events: str
    thing: tuple[Path, ...]
    state: Path
    states: Mapping[str, str]
    each: Path | None = None
    run: tuple[Path, ...] = ()
    time: Path = ()
    url: Path = ()
    branch: Path = ()
    default_branch: Path = ()
    repository: Path = ()
    head_repository: Path = ()
    more: Mapping[str, Path] = field(default_factory=dict)
