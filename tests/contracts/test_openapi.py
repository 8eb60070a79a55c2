"""The contracts: complete, in one piece, and kept by every answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.contracts import SERVICES, derive
from deploy.story import Story
from shared.identity.permissions import Permission
from tests.controls.test_procedures import DRAFT as PROCEDURE
from tests.evidence.given import a_cadence, an_expectation, collections_of
from tests.support import Organisation, created, ok

ROOT = Path(__file__).parents[2]
MERGED: dict[str, Any] = json.loads((ROOT / "services/gateway/contract/openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [
    (path, method, operation)
    for path, operations in MERGED["paths"].items()
    for method, operation in operations.items()
]
NAMES = [f"{method} {path}" for path, method, _ in OPERATIONS]


def test_what_is_derived_is_in_step() -> None:
    assert [path for path, text in derive().items() if path.read_text(encoding="utf-8") != text] == []


def test_the_merged_contract_holds_every_operation_once() -> None:
    alone = 0
    for service in SERVICES:
        document = json.loads((ROOT / "services" / service.name / "openapi.json").read_text(encoding="utf-8"))
        alone += sum(len(operations) for operations in document["paths"].values())
    assert len(OPERATIONS) == alone
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_an_operation_is_fully_described(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"], "a docstring says what it does"
    permission, guarded = operation.get("x-permission"), operation["security"]
    assert guarded == [{"bearer": [permission]}] if permission else guarded in ([], [{"bearer": []}])
    assert permission is None or permission in {str(each) for each in Permission}
    statuses = set(operation["responses"])
    assert {"400", "429", "500", "502", "503", "504"} <= statuses
    assert ("401" in statuses) >= bool(guarded)
    assert ("403" in statuses) >= bool(permission)
    if method in {"patch", "put", "delete"}:
        assert "409" in statuses
    parameters = {parameter["name"].lower(): parameter for parameter in operation.get("parameters", [])}
    assert parameters.get("if-match", {}).get("required", True)
    assert ("428" in statuses) == ("if-match" in parameters), "428 is answered where If-Match is required"
    if method == "post" and guarded:
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}
    assert path.startswith(("/v1/", "/.well-known/", "/openapi.json", "/asyncapi.json"))


def test_a_refusal_says_which_problem_types_it_can_be() -> None:
    """Each as a schema with the `type` as a constant, so that a client tells them apart without reading prose."""
    refusals = MERGED["paths"]["/v1/control-tests/{test_id}/reviews"]["post"]["responses"]
    forbidden = refusals["403"]["content"]["application/problem+json"]["schema"]["oneOf"]
    types = [_resolved(schema)["properties"]["type"]["const"] for schema in forbidden]
    assert types == ["/problems/forbidden", "/problems/separation-of-duties"]
    assert refusals["404"] == {"$ref": "#/components/responses/NotFoundProblem"}
    stale = MERGED["components"]["schemas"]["StaleProblem"]["properties"]
    assert (stale["type"]["const"], stale["status"]["const"]) == ("/problems/stale", 412)


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = MERGED["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _schema_of(path: str) -> dict[str, Any]:
    """The schema that the contract promises for a successful GET, with what it refers to."""
    content: dict[str, Any] = MERGED["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    closed: dict[str, Any] = _closed({**content, "components": MERGED["components"]})
    return closed


def _closed(schema: Any) -> Any:
    """The same, refusing members that the contract does not name: an answer says no more than it promises."""
    if isinstance(schema, dict):
        closed = {key: _closed(value) for key, value in schema.items()}
        if "properties" in schema and "additionalProperties" not in schema:
            closed["additionalProperties"] = False
        return closed
    return [_closed(each) for each in schema] if isinstance(schema, list) else schema


async def _tested(org: Organisation, control: str) -> dict[str, str]:
    """A control that a person has tested and a source has checked."""
    procedure = created(await org.manager.post("/v1/procedures", json=PROCEDURE))["id"]
    approved = ok(await org.second_manager.post(f"/v1/procedures/{procedure}/approvals"))
    plan = {"control_id": control, "procedure_id": procedure, "kind": "design", "tester": "lee@example.com"}
    planned = await org.manager.post("/v1/control-tests", json=plan | {"due_at": "2030-01-01T00:00:00Z"})
    test = created(planned)["id"]
    done = {"outcome": "fail", "notes": "Two leavers kept their access."}
    performed = ok(await org.manager.post(f"/v1/control-tests/{test}/results", json=done))
    result = ok(await org.viewer.get(f"/v1/test-results/{performed['result_id']}"))
    changes = ok(await org.viewer.get("/v1/control-health-changes", params={"control_id": control}))["items"]
    return {
        "procedure_id": procedure,
        "version_id": approved["approved_version_id"],
        "test_id": test,
        "result_id": result["id"],
        "standing_id": result["standing_id"],
        "change_id": changes[0]["id"],
    }


async def test_answers_are_what_the_contract_says(org: Organisation) -> None:
    """The reads are printed by the database and not checked by a model, so the contract is what checks them."""
    story = await Story.begin(org)
    await story.provide()
    await story.until_expired()
    await story.sweep()
    candidate = await story.until_candidate("raised")
    collection, _ = await collections_of(org, await an_expectation(org, cadence=a_cadence(ago=3)))
    schema = {"code": "any-record", "title": "Any record", "document": {"type": "object"}}
    ids = {
        "collection_id": collection["id"],
        "schema_id": created(await org.manager.post("/v1/record-schemas", json=schema))["id"],
        "control_id": story.control,
        "expectation_id": story.expectation,
        "item_id": story.item,
        "evidence_id": story.item,
        "risk_id": story.risk,
        "engagement_id": story.engagement,
        "candidate_id": candidate["id"],
        **await _tested(org, story.control),
    }
    checked = 0
    for path, operations in MERGED["paths"].items():
        if "get" not in operations or not operations["get"].get("x-permission"):
            continue
        filled = path
        for name, value in ids.items():
            filled = filled.replace(f"{{{name}}}", str(value))
        if "{" in filled:
            continue
        answer = await org.admin.get(filled)
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("application/json"):
            continue
        faults = [fault.message for fault in Draft202012Validator(_schema_of(path)).iter_errors(answer.json())]
        assert faults == [], f"{path}: {faults}"
        checked += 1
    assert checked > 25
