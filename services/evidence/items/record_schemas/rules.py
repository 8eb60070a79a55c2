"""Records against their schema (JSON Schema, draft 2020-12 or the one that `$schema` names). Pure.

Nothing is fetched: a `$ref` leads into the document itself or nowhere. Patterns run in linear time, so that neither a
schema nor a record can keep the process busy.
"""

from collections.abc import Sequence
from typing import Any

from jsonschema_rs import RegexOptions, Validator, validator_for

from shared.problems import Fault

_MOST_FAULTS = 50


def compiled(document: dict[str, Any]) -> Validator:
    """A validator of a schema; ValueError says why it is none."""
    try:
        return validator_for(document, validate_formats=True, offline=True, pattern_options=RegexOptions())
    except Exception as error:
        raise ValueError(f"not a JSON Schema: {str(error).splitlines()[0]}") from error


def faults_of(record: dict[str, Any], document: dict[str, Any], *, at: str) -> list[Fault]:
    """What does not fit the schema, each with its pointer below `at`."""
    found: list[Fault] = []
    for error in compiled(document).iter_errors(record):
        found.append(Fault(at + _pointer(error.instance_path), error.message[:500]))
        if len(found) == _MOST_FAULTS:
            break
    return found


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
