"""The problem types in the contract: a schema each, and for each status of an operation those that it may answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from shared.http.operations import Operation
from shared.http.problems import MEDIA_TYPE, ProblemSchema
from shared.problems import Problem

_SCHEMAS, _RESPONSES = "#/components/schemas/", "#/components/responses/"


def problem_components(operations: Iterable[Operation]) -> dict[str, dict[str, Any]]:
    """A schema and a response for each problem type that some operation answers, by name."""
    general = ProblemSchema.model_json_schema(ref_template=_SCHEMAS + "{model}")
    kinds = sorted({kind for operation in operations for kind in operation.problems}, key=_name)
    return {
        "schemas": {**general.pop("$defs"), **{_name(kind): _schema(kind, general) for kind in kinds}},
        "responses": {_name(kind): _response([kind]) for kind in kinds},
    }


def problems_by_status(operation: Operation) -> dict[int, list[type[Problem]]]:
    """The problem types that the operation may answer, in a stable order."""
    by_status: dict[int, list[type[Problem]]] = defaultdict(list)
    for kind in sorted(operation.problems, key=lambda kind: (kind.status, kind.slug)):
        by_status[kind.status].append(kind)
    return by_status


def problem_response(kinds: list[type[Problem]]) -> dict[str, Any]:
    """The response of a status: that of the one type, or one of several types."""
    return {"$ref": _RESPONSES + _name(kinds[0])} if len(kinds) == 1 else _response(kinds)


def problem_description(kinds: list[type[Problem]]) -> str:
    """What a status means, in words: any of these."""
    return "; ".join(kind.title for kind in kinds)


def problem_content(kinds: list[type[Problem]]) -> dict[str, Any]:
    """The body of a status: one of these types."""
    references = [{"$ref": _SCHEMAS + _name(kind)} for kind in kinds]
    return {MEDIA_TYPE: {"schema": references[0] if len(references) == 1 else {"oneOf": references}}}


def _response(kinds: list[type[Problem]]) -> dict[str, Any]:
    return {"description": problem_description(kinds), "content": problem_content(kinds)}


def _name(kind: type[Problem]) -> str:
    return f"{kind.__name__}Problem"


def _schema(kind: type[Problem], general: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of any problem with the type and status of this one, and its title as the example."""
    properties = general["properties"]
    own = {
        "type": {**properties["type"], "const": f"/problems/{kind.slug}"},
        "title": {**properties["title"], "examples": [kind.title]},
        "status": {**properties["status"], "const": kind.status},
    }
    return {**general, "title": _name(kind), "description": f"{kind.title}.", "properties": properties | own}
