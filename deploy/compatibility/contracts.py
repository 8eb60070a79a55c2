"""What in a newer OpenAPI contract breaks clients that were made from an older one."""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.compatibility.schemas import Comparison

Operation = dict[str, Any]
_METHODS = ("get", "head", "options", "post", "put", "patch", "delete")


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Each as one line: the operation, and what it no longer takes or answers as it did."""
    operations = dict(_operations(new))
    for address, before in _operations(old):
        after = operations.get(address)
        changes = _changes(before, after, old, new) if after else ["it is gone"]
        yield from (f"{address}: {change}" for change in changes)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def _changes(before: Operation, after: Operation, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, word in (("operationId", "operation id"), ("x-permission", "permission")):
        if before.get(name) != after.get(name):
            yield f"its {word} was {before.get(name)} and is {after.get(name)}"
    yield from _parameter_changes(before, after, Comparison(old, new, closed=True))
    yield from _body_changes(before.get("requestBody"), after.get("requestBody"), Comparison(old, new, closed=True))
    yield from _answer_changes(before["responses"], after["responses"], Comparison(new, old, closed=False))


def _parameter_changes(before: Operation, after: Operation, comparison: Comparison) -> Iterator[str]:
    had, has = _parameters(before), _parameters(after)
    for key, parameter in has.items():
        was = had.get(key)
        if parameter.get("required") and not (was and was.get("required")):
            yield f"the {' '.join(key)} is required"
    for key, parameter in had.items():
        if key not in has:
            yield f"the {' '.join(key)} is gone"
            continue
        yield from comparison.refusals(parameter["schema"], has[key]["schema"], f"the {' '.join(key)}")


def _parameters(operation: Operation) -> dict[tuple[str, str], dict[str, Any]]:
    return {(parameter["in"], parameter["name"]): parameter for parameter in operation.get("parameters", [])}


def _body_changes(before: Operation | None, after: Operation | None, comparison: Comparison) -> Iterator[str]:
    if after and after.get("required") and not (before and before.get("required")):
        yield "a body is required"
    if before and not after:
        yield "a body is not taken"
    if before and after:
        yield from _content_changes(before["content"], after["content"], comparison, "the body", taken_by_new=True)


def _answer_changes(before: Mapping[str, Any], after: Mapping[str, Any], comparison: Comparison) -> Iterator[str]:
    for status, answer in before.items():
        if not status.startswith("2"):
            continue
        if status not in after:
            yield f"it does not answer {status}"
            continue
        given, taken = after[status].get("content", {}), answer.get("content", {})
        yield from _content_changes(taken, given, comparison, f"the {status} answer", taken_by_new=False)


def _content_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], comparison: Comparison, where: str, *, taken_by_new: bool
) -> Iterator[str]:
    for media_type, was in before.items():
        if media_type not in after:
            yield f"{where} is not {media_type} any more"
            continue
        schemas = was.get("schema", {}), after[media_type].get("schema", {})
        given, taken = schemas if taken_by_new else reversed(schemas)
        yield from comparison.refusals(given, taken, where)
