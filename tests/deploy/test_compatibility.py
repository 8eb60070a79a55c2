"""Two made-up contracts: what breaks a client made from the older one is found, and what does not is not."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from deploy.compatibility.__main__ import undeclared
from deploy.compatibility.contracts import breaking_changes

Contract = dict[str, Any]
Change = Callable[[Contract], None]

OLD: Contract = {
    "paths": {
        "/v1/things": {
            "post": {
                "operationId": "add_thing",
                "x-permission": "things:write",
                "parameters": [{"name": "dry_run", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingDraft"}}},
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "422": {"content": {}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "ThingDraft": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "minLength": 1, "maxLength": 200},
                    "kind": {"enum": ["a", "b"]},
                },
                "required": ["title"],
            },
            "Thing": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "state": {"enum": ["open", "closed"]},
                    "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                },
                "required": ["title", "state"],
            },
        }
    },
}


def _draft(contract: Contract) -> dict[str, Any]:
    found: dict[str, Any] = contract["components"]["schemas"]["ThingDraft"]
    return found


def _thing(contract: Contract) -> dict[str, Any]:
    found: dict[str, Any] = contract["components"]["schemas"]["Thing"]
    return found


def _operation(contract: Contract) -> dict[str, Any]:
    found: dict[str, Any] = contract["paths"]["/v1/things"]["post"]
    return found


BREAKING: dict[str, Change] = {
    "it is gone": lambda c: c["paths"].clear(),
    "its operation id was add_thing and is make_thing": lambda c: _operation(c).update(operationId="make_thing"),
    "its permission was things:write and is things:own": lambda c: _operation(c).update({"x-permission": "things:own"}),
    "the query dry_run is gone": lambda c: _operation(c)["parameters"].clear(),
    "the query dry_run is required": lambda c: _operation(c)["parameters"][0].update(required=True),
    "the body/kind is not known": lambda c: _draft(c)["properties"].pop("kind"),
    "the body/kind may be absent": lambda c: _draft(c)["required"].append("kind"),
    "the body/kind may be b": lambda c: _draft(c)["properties"]["kind"].update(enum=["a"]),
    "the body/title has maxLength 200, against 100": lambda c: _draft(c)["properties"]["title"].update(maxLength=100),
    "it does not answer 201": lambda c: _operation(c)["responses"].pop("201"),
    "the 201 answer is not application/json any more": lambda c: _operation(c)["responses"]["201"]["content"].clear(),
    "the 201 answer/title may be absent": lambda c: _thing(c)["required"].remove("title"),
    "the 201 answer/state may be late": lambda c: _thing(c)["properties"]["state"]["enum"].append("late"),
    "the 201 answer/title may be integer, not only string": lambda c: _thing(c)["properties"]["title"].update(
        type="integer"
    ),
    "the 201 answer/due has format date-time, against date": lambda c: _thing(c)["properties"]["due"]["anyOf"][
        0
    ].update(format="date-time"),
}
HARMLESS: dict[str, Change] = {
    "another operation": lambda c: c["paths"].update({"/v1/others": {"get": {"operationId": "x", "responses": {}}}}),
    "another parameter": lambda c: _operation(c)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
    "another optional property in": lambda c: _draft(c)["properties"].update(note={"type": "string"}),
    "another property out": lambda c: _thing(c)["properties"].update(note={"type": "string"}),
    "a wider bound in": lambda c: _draft(c)["properties"]["title"].update(maxLength=300),
    "another value in": lambda c: _draft(c)["properties"]["kind"]["enum"].append("c"),
    "a value fewer out": lambda c: _thing(c)["properties"]["state"]["enum"].remove("closed"),
    "never null out": lambda c: _thing(c)["properties"].update(due={"type": "string", "format": "date"}),
}


def _changed(change: Change) -> list[str]:
    new = copy.deepcopy(OLD)
    change(new)
    return list(breaking_changes(OLD, new))


@pytest.mark.parametrize("says", BREAKING)
def test_what_breaks_a_client_is_found(says: str) -> None:
    assert _changed(BREAKING[says]) == [f"POST /v1/things: {says}"]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_no_client_is_allowed(name: str) -> None:
    assert _changed(HARMLESS[name]) == []


def test_a_breaking_change_is_declared_word_by_word_and_a_stale_declaration_fails() -> None:
    assert undeclared({"one", "two"}, {"one", "three"}) == [
        "breaks clients, and is not declared: two",
        "is declared, and breaks nothing: three",
    ]
