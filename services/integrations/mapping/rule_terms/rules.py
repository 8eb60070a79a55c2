"""How tables of values are written. Pure."""

from collections.abc import Mapping

PENDING = "pending"  # no result yet
ABSENT = "null"  # how a value that is not there is looked up


def means(**values: str) -> Mapping[str, str]:
    """A table, by meaning: the values of each, separated by spaces."""
    return {value: meaning for meaning, named in values.items() for value in named.split()}
