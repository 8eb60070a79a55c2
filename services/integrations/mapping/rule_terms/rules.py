"""How tables of values and names of events are written and read. Pure."""

from collections.abc import Iterable, Mapping

from services.integrations.mapping.rule_terms.models import Condition, Correction, Path, RuleSet

PASS = "pass"  # noqa: S105 - a verdict
PENDING = "pending"  # no result yet
ABSENT = "null"  # how a value that is not there is looked up
ANY = "*"
NO_RULES = RuleSet()


def means(**values: str) -> Mapping[str, str]:
    """A table, by meaning: the values of each, separated by spaces."""
    return {value: meaning for meaning, named in values.items() for value in named.split()}


def is_named(name: str, names: Iterable[str]) -> bool:
    """Whether a name is one of these, each exact or a beginning followed by `*`."""
    return any(name.startswith(each[:-1]) if each.endswith(ANY) else name == each for each in names)


def dropped_when(at: Path, *values: str) -> tuple[Correction, ...]:
    """A ticket that was closed because nothing will be done is dropped, and not done."""
    return (Correction(Condition(at, values), of="done", to="dropped"),)
