"""Whether every value that one JSON Schema allows is allowed by another: the question behind every breaking change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]
# Keywords by which a larger number refuses more, and those by which a smaller one does.
_LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_SAME = ("pattern", "format", "multipleOf")


@dataclass
class Comparison:
    """Compares values `given` by one side with what the other side has `taken` until now.

    `closed` is for bodies of requests, where a property that is not known is refused; whoever reads an answer ignores
    it. Each side's document resolves its own references.
    """

    giver: dict[str, Any]
    taker: dict[str, Any]
    closed: bool
    _under_way: set[tuple[str, str]] = field(default_factory=set)

    def refusals(self, given: Schema, taken: Schema, where: str = "") -> Iterator[str]:
        """Why some value of `given` is none of `taken`, each with its place."""
        pair = given.get("$ref", ""), taken.get("$ref", "")
        if all(pair):
            if pair in self._under_way:
                return
            self._under_way.add(pair)
        given, taken = _resolved(given, self.giver), _resolved(taken, self.taker)
        ways, accepted = _alternatives(given), _alternatives(taken)
        if len(ways) > 1 or len(accepted) > 1:
            for way in ways:
                answers = [list(self.refusals(way, choice, where)) for choice in accepted]
                if all(answers):
                    yield min(answers, key=len)[0]
            return
        yield from self._refused_value(given, taken, where)
        yield from self._refused_properties(given, taken, where)
        if "items" in taken:
            yield from self.refusals(given.get("items", {}), taken["items"], f"{where}/*")

    def _refused_value(self, given: Schema, taken: Schema, where: str) -> Iterator[str]:
        here = where or "the value"
        if taken.get("type") not in {None, given.get("type")} and (given.get("type"), taken["type"]) != (
            "integer",
            "number",
        ):
            yield f"{here} may be {given.get('type', 'anything')}, not only {taken['type']}"
        if (known := _values(taken)) is not None:
            values = _values(given)
            more = sorted(map(str, values - known)) if values is not None else ["other values"]
            if more:
                yield f"{here} may be {', '.join(more)}"
        for keyword in (*_LOWER_BOUNDS, *_UPPER_BOUNDS):
            bound, other = taken.get(keyword), given.get(keyword)
            if bound is not None and (other is None or (other < bound if keyword in _LOWER_BOUNDS else other > bound)):
                yield f"{here} has {keyword} {other}, against {bound}"
        for keyword in _SAME:
            if taken.get(keyword) not in {None, given.get(keyword)}:
                yield f"{here} has {keyword} {given.get(keyword)}, against {taken[keyword]}"

    def _refused_properties(self, given: Schema, taken: Schema, where: str) -> Iterator[str]:
        known, properties = taken.get("properties", {}), given.get("properties", {})
        for name in sorted(set(taken.get("required", [])) - set(given.get("required", []))):
            yield f"{where}/{name} may be absent"
        for name, schema in properties.items():
            if name in known:
                yield from self.refusals(schema, known[name], f"{where}/{name}")
            elif self.closed and taken.get("additionalProperties", False) is False:
                yield f"{where}/{name} is not known"
        values, others = given.get("additionalProperties"), taken.get("additionalProperties")
        if isinstance(values, dict) and isinstance(others, dict):
            yield from self.refusals(values, others, f"{where}/*")


def _resolved(schema: Schema, document: dict[str, Any]) -> Schema:
    while reference := schema.get("$ref"):
        schema = document["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _alternatives(schema: Schema) -> list[Schema]:
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def _values(schema: Schema) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None
