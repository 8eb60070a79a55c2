"""What runs in child processes: a record held against schemas (JSON Schema, 2020-12 or the draft that `$schema` names).

Nothing is fetched: a `$ref` leads into the document itself or nowhere. Patterns run in linear time.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from jsonschema_rs import RegexOptions, Validator, validator_for

from services.evidence.records.problems import RecordSchemaUnusable
from shared.problems import Fault

_MOST_FAULTS = 1_000  # that are counted
_LONGEST_DETAIL = 500


def compile_schema(document: Any, _given: Iterator[bytes]) -> Iterator[bytes]:
    """Nothing, if the document is a schema that stands by itself; `RecordSchemaUnusable` says why it is none."""
    compiled(document)
    yield from ()


def check_record(arguments: Any, _given: Iterator[bytes]) -> Iterator[bytes]:
    """What does not fit the schemas, as a JSON list of places in the record and what is wrong there."""
    faults: list[Fault] = []
    for document in arguments["schemas"]:
        faults += faults_of(arguments["record"], document)
    yield json.dumps([[fault.pointer, fault.detail] for fault in faults]).encode()


def compiled(document: dict[str, Any]) -> Validator:
    """A validator of a schema; `RecordSchemaUnusable` says why it is none."""
    try:
        return validator_for(document, validate_formats=True, offline=True, pattern_options=RegexOptions())
    except Exception as error:
        why = f"not a JSON Schema: {str(error).splitlines()[0]}"
        raise RecordSchemaUnusable(f"The document is {why}", faults=[Fault("/document", why)]) from error


def faults_of(record: dict[str, Any], document: dict[str, Any]) -> list[Fault]:
    """What does not fit the schema, each with its pointer."""
    errors = islice(compiled(document).iter_errors(record), _MOST_FAULTS)
    return [Fault(_pointer(error.instance_path), error.message[:_LONGEST_DETAIL]) for error in errors]


def _pointer(path: Sequence[str | int]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
