"""How much work a record schema may make. Pure.

A schema that refers twice to one that refers twice, and so on, applies millions of schemas to a single value; one that
refers to itself without going into the value never ends. Whatever else takes long is ended by the limits under which
records are checked (`services/evidence/records`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from shared.problems import Fault

MOST_APPLIED = 500  # schemas, to one value: alternatives, conditions and references, with all that those apply
MOST_NESTED = 100  # of these in one another
MOST_REFERENCES = 500
MOST_SCANS = 100  # keywords that go over all members of a value once more
MOST_VALUES = 1_000  # in one enumeration

_DRAFTS = ("draft/2020-12/schema", "draft/2019-09/schema", "draft-07/schema", "draft-06/schema")
_SCANS = ("contains", "unevaluatedItems", "unevaluatedProperties", "patternProperties", "uniqueItems")
_UNBOUNDED = ("$dynamicRef", "$recursiveRef")
# What holds schemas for the same value, and for what is in it; the values of `_MAPS` are schemas by name.
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")
_INSIDE = (
    *("items", "prefixItems", "additionalItems", "unevaluatedItems", "contains", "contentSchema", "propertyNames"),
    *("properties", "patternProperties", "additionalProperties", "unevaluatedProperties", "$defs", "definitions"),
)
_MAPS = frozenset({"dependentSchemas", "dependencies", "properties", "patternProperties", "$defs", "definitions"})

_Schema = Mapping[str, Any]


def too_costly(document: dict[str, Any]) -> list[Fault]:
    """What makes the schema too costly, each fault with its pointer into the document."""
    bounds = _Bounds(document)
    for place, schema in bounds.schemas.items():
        bounds.check(place, schema)
        bounds.measure(place, schema)
    return bounds.faults


@dataclass(frozen=True, slots=True)
class _Weight:
    """How many schemas one applies to a value, itself among them, and how deep they are nested."""

    applied: int
    nested: int


class _Bounds:
    def __init__(self, document: _Schema) -> None:
        self.schemas: dict[str, _Schema] = dict(_all("", document))
        self.faults: list[Fault] = []
        self._anchors = {f"#{schema.get('$anchor')}": place for place, schema in self.schemas.items()}
        self._weights: dict[str, _Weight] = {}
        self._under_way: set[str] = set()
        self._references = self._scans = 0

    def check(self, place: str, schema: _Schema) -> None:
        """Find what is wrong with a schema by itself."""
        self._references += "$ref" in schema
        self._scans += sum(name in schema for name in _SCANS)
        if self._references == MOST_REFERENCES + 1 and "$ref" in schema:
            self._fault(f"{place}/$ref", f"a schema may have {MOST_REFERENCES} references")
        if self._scans > MOST_SCANS >= self._scans - sum(name in schema for name in _SCANS):
            self._fault(place, f"a schema may have {MOST_SCANS} of {', '.join(_SCANS)} in all")
        if isinstance(schema.get("enum"), list) and len(schema["enum"]) > MOST_VALUES:
            self._fault(f"{place}/enum", f"an enumeration may have {MOST_VALUES:,} values")
        for name in _UNBOUNDED:
            if name in schema:
                self._fault(f"{place}/{name}", "where it leads depends on the record; use $ref")
        if "$schema" in schema and not str(schema["$schema"]).rstrip("#").endswith(_DRAFTS):
            self._fault(f"{place}/$schema", f"is none of the drafts {', '.join(_DRAFTS)}")
        if "$id" in schema and place:
            self._fault(f"{place}/$id", "only the document as a whole may have an address")

    def measure(self, place: str, schema: _Schema) -> _Weight:
        """How much a schema applies to one value. What is too much is a fault once, and counts as one from there on."""
        if place in self._weights:
            return self._weights[place]
        if place in self._under_way or len(self._under_way) == MOST_NESTED:
            why = "refers to itself without going into the value" if place in self._under_way else "is nested too deep"
            self._fault(place, why)
            return _Weight(1, 1)
        self._under_way.add(place)
        inner = [self.measure(*part) for part in self._applied(place, schema)]
        self._under_way.discard(place)
        applied, nested = 1 + sum(part.applied for part in inner), 1 + max((part.nested for part in inner), default=0)
        if applied > MOST_APPLIED:
            self._fault(place, f"applies {applied:,} schemas to one value; {MOST_APPLIED} may be")
            applied = 1
        if nested > MOST_NESTED:
            self._fault(place, f"nests more than {MOST_NESTED} schemas for one value")
            nested = 1
        self._weights[place] = _Weight(applied, nested)
        return self._weights[place]

    def _applied(self, place: str, schema: _Schema) -> Iterator[tuple[str, _Schema]]:
        yield from _subschemas(place, schema, _SAME_VALUE)
        if "$ref" in schema:
            reference = str(schema["$ref"])
            target = self._anchors.get(reference, unquote(reference[1:]))
            if reference.startswith("#") and target in self.schemas:
                yield target, self.schemas[target]
            else:
                self._fault(f"{place}/$ref", "leads to no schema in this document")

    def _fault(self, place: str, why: str) -> None:
        self.faults.append(Fault(place, why))


def _all(place: str, schema: _Schema) -> Iterator[tuple[str, _Schema]]:
    """The schema and all that are in it, with their places as JSON pointers."""
    yield place, schema
    for inner in _subschemas(place, schema, (*_SAME_VALUE, *_INSIDE)):
        yield from _all(*inner)


def _subschemas(place: str, schema: _Schema, keywords: tuple[str, ...]) -> Iterator[tuple[str, _Schema]]:
    for keyword in keywords:
        value = schema.get(keyword)
        at = f"{place}/{keyword}"
        if isinstance(value, list):
            yield from ((f"{at}/{index}", inner) for index, inner in enumerate(value) if isinstance(inner, dict))
        elif isinstance(value, dict) and keyword in _MAPS:
            named = ((name.replace("~", "~0").replace("/", "~1"), inner) for name, inner in value.items())
            yield from ((f"{at}/{name}", inner) for name, inner in named if isinstance(inner, dict))
        elif isinstance(value, dict):
            yield at, value
