"""NIST's JSON schemas for OSCAL, and what they find wrong in words short enough to read."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from jsonschema_rs import Draft7Validator, ValidationError, ValidationErrorKind

from services.controls.documents.faults import Faults, Place, pointer

Model = Literal["catalog", "profile"]

_SCHEMAS = Path(__file__).parents[1] / "shipped" / "oscal"
_KINDS = ValidationErrorKind
_LONGEST_DETAIL = 300


def _validator(model: Model) -> Draft7Validator:
    schema = json.loads((_SCHEMAS / f"oscal_{model}_schema.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema, validate_formats=True, mask="it", offline=True)


_VALIDATORS: dict[Model, Draft7Validator] = {"catalog": _validator("catalog"), "profile": _validator("profile")}


def check_schema(model: Model, document: Any, faults: Faults) -> None:
    """Add what the schema finds. It stands on values that are known not to be nested too deep.

    It stops once no more would be kept: looking on would hold up every other request of this process.
    """
    said: set[tuple[str, str]] = set()
    for error in _VALIDATORS[model].iter_errors(document):
        if faults.full:
            faults.stopped = True
            faults.count += 1
            return
        for leaf in _leaves(error):
            where, detail = pointer(_place(leaf.instance_path)), _detail(leaf)
            if (where, detail) not in said:
                said.add((where, detail))
                faults.add(where, detail)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors that say something: of alternatives, those of the one that the author seems to have meant."""
    if not isinstance(error.kind, _KINDS.AnyOf | _KINDS.OneOfNotValid):
        yield error
        return
    branches = [branch for branch in error.kind.context if branch]
    if not branches:
        yield error
        return
    for inner in min(branches, key=lambda branch: _distance(branch, error.instance_path)):
        yield from _leaves(inner)


def _distance(branch: Sequence[ValidationError], here: Sequence[str | int]) -> tuple[int, int]:
    """How far from an alternative the value is: first by what is wrong with itself, then by what is wrong inside."""
    own = [inner for inner in branch if list(inner.instance_path) == list(here)]
    return sum(len(getattr(inner.kind, "unexpected", "1")) for inner in own), len(branch)


def _place(path: Sequence[str | int]) -> Place:
    place: Place = None
    for step in path:
        place = (place, step)
    return place


def _detail(error: ValidationError) -> str:
    if isinstance(error.kind, _KINDS.Pattern | _KINDS.Format):
        for step in reversed(error.schema_path):
            if str(step).endswith("Datatype"):
                return f"is no {str(step).removesuffix('Datatype')} as OSCAL defines it"
    return error.message.removeprefix("it ")[:_LONGEST_DETAIL]
