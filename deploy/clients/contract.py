"""The contract as the checks read it: its operations by id, and the schemas of their JSON answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_METHODS = frozenset({"get", "head", "options", "post", "put", "patch", "delete"})
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Contract:
    """An OpenAPI document and the file that it stands in."""

    path: Path
    document: dict[str, Any]

    @property
    def operations(self) -> dict[str, dict[str, Any]]:
        """Every operation by its id."""
        return {
            operation["operationId"]: operation
            for methods in self.document["paths"].values()
            for method, operation in methods.items()
            if method in _METHODS
        }

    def answers_json(self, operation_id: str) -> bool:
        """Whether a success of this operation has a JSON body."""
        return any(True for _ in _json_answers(self.operations[operation_id]))


def untyped_answers(contract: Contract) -> Iterator[str]:
    """The JSON answers that the contract itself gives no schema for."""
    for operation_id, operation in contract.operations.items():
        if any(not schema for schema in _json_answers(operation)):
            yield f"contract: the JSON answer of {operation_id} has no schema"


def _json_answers(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for status, response in operation["responses"].items():
        if status.startswith("2") and _JSON in response.get("content", {}):
            yield response["content"][_JSON].get("schema", {})
