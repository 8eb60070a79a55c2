"""What `make check` would say of a contract from which no whole client can be generated."""

import json
from pathlib import Path
from typing import Any

from deploy.clients import python
from deploy.clients.contract import Contract, untyped_answers


def _contract(folder: Path, operations: dict[str, Any]) -> Contract:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Made up", "version": "1"},
        "paths": {f"/{name}": {"get": {"operationId": name, **operation}} for name, operation in operations.items()},
    }
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return Contract(path, document)


def _answering(schema: dict[str, Any]) -> dict[str, Any]:
    return {"responses": {"200": {"description": "Yes", "content": {"application/json": {"schema": schema}}}}}


def test_an_answer_without_a_type_and_an_operation_left_out_are_found(tmp_path: Path) -> None:
    typed = {"type": "object", "title": "Thing", "properties": {"id": {"type": "string"}}}
    body: dict[str, Any] = {"requestBody": {"content": {"text/strange": {"schema": {}}}}}
    contract = _contract(
        tmp_path, {"typed": _answering(typed), "untyped": _answering({}), "strange": {**body, **_answering(typed)}}
    )
    found = python.findings(contract, tmp_path)
    assert "Python client: strange is left out" in found
    assert "Python client: the answer of untyped has no type" in found
    assert not any("typed is left out" in finding for finding in found)
    assert list(untyped_answers(contract)) == ["contract: the JSON answer of untyped has no schema"]
