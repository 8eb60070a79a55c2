"""The OpenAPI 3.1 contract of a service: what FastAPI derives, and what every operation of Attest has besides."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from shared.http.operations import NO_FRAMEWORK_ERRORS, Operation
from shared.http.problem_schemas import (
    problem_components,
    problem_content,
    problem_description,
    problem_response,
    problems_by_status,
)
from shared.identity.permissions import Permission
from shared.problems import Problem

_FIRST_ERROR = 400
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Send the same key again to get the first answer again, within 24 hours; any unique text will do.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "An ETag you have: the answer is 304 when it is still the newest.",
    "schema": {"type": "string", "maxLength": 255, "pattern": "^[ -~]*$"},
}
# The operation answers 428 without it, which FastAPI's own check of a required header could not say.
_IF_MATCH = {
    "required": True,
    "schema": {"type": "string", "maxLength": 255, "pattern": '^(\\*|"?[0-9]{1,9}"?)$', "examples": ['"3"']},
}
_ETAG = {"ETag": {"description": "The version; send it as If-Match to change the thing", "schema": {"type": "string"}}}
_REQUEST_ID = {"X-Request-Id": {"description": "Leads to this request in the logs", "schema": {"type": "string"}}}


def contract(app: FastAPI) -> dict[str, Any]:
    """The contract as a plain document, with keys in a stable order."""
    document = _named_by_title(app.openapi())
    operations = [route for route in app.routes if isinstance(route, Operation) and route.include_in_schema]
    document["servers"] = [{"url": "/", "description": "The edge of this installation"}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {
            "type": "oauth2",
            "description": "A token from POST /v1/oauth/token as `Authorization: Bearer …`. An operation's scope is the"
            " permission that the caller must have (`x-permission`).",
            "flows": {"clientCredentials": {"tokenUrl": "/v1/oauth/token", "scopes": _scopes()}},
        }
    }
    for name, problems in problem_components(operations).items():
        components[name] = dict(sorted((components.get(name, {}) | problems).items()))
    for response in components["responses"].values():
        _with_request_id(response)
    for operation in operations:
        described = document["paths"][operation.path_format]
        for method in operation.methods or ():
            _complete(method.lower(), described[method.lower()], problems_by_status(operation), components["schemas"])
    used = json.dumps(document["paths"])
    components["responses"] = {
        name: response for name, response in components["responses"].items() if f'responses/{name}"' in used
    }
    return document


def _scopes() -> dict[str, str]:
    """Every permission in words: `test-results:push` is "Push test results"."""
    words = {permission: permission.replace("-", " ").partition(":") for permission in Permission}
    return {str(permission): f"{verb.capitalize()} {noun}" for permission, (noun, _, verb) in words.items()}


def _named_by_title(document: dict[str, Any]) -> dict[str, Any]:
    """The document with each schema under its title, since a generic model's own name holds brackets."""
    schemas = document.get("components", {}).get("schemas", {})
    names = {name: schema.get("title", name) for name, schema in schemas.items()}
    if len(set(names.values())) < len(names):
        raise ValueError(f"Two schemas have one title: {sorted(names.values())}")
    text = json.dumps(document)
    for name, title in names.items():
        text = text.replace(f'#/components/schemas/{name}"', f'#/components/schemas/{title}"')
    renamed: dict[str, Any] = json.loads(text)
    if schemas:
        renamed["components"]["schemas"] = {
            names[name]: schema for name, schema in renamed["components"]["schemas"].items()
        }
    return renamed


def _complete(
    method: str, operation: dict[str, Any], problems: Mapping[int, list[type[Problem]]], schemas: dict[str, Any]
) -> None:
    if not operation.get("x-permission"):
        operation.pop("x-permission", None)
    guarded = bool(operation.setdefault("security", []))
    if method == "post" and guarded:
        operation.setdefault("parameters", []).append(_KEY)
    for parameter in operation.get("parameters", []):
        if parameter["name"].lower() == "if-match":
            parameter.update(_IF_MATCH)
    _add_problems(operation["responses"], problems, body=method != "head")
    for status, response in operation["responses"].items():
        if method == "head":
            response.pop("content", None)
        elif int(status) < _FIRST_ERROR and _has_version(response.get("content", {}), schemas):
            response.setdefault("headers", {}).update(_ETAG)
            if method == "get":
                _revalidates(operation)
        if "$ref" not in response:
            _with_request_id(response)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _add_problems(responses: dict[str, Any], problems: Mapping[int, list[type[Problem]]], *, body: bool) -> None:
    """Beside what the operation answers of its own. A status that has both has the content of both."""
    responses.pop(NO_FRAMEWORK_ERRORS, None)
    for status, kinds in problems.items():
        own = responses.get(str(status))
        if not body:
            responses[str(status)] = {"description": problem_description(kinds)}
        elif own is None:
            responses[str(status)] = problem_response(kinds)
        else:
            own["content"] = own.get("content", {}) | problem_content(kinds)


def _with_request_id(response: dict[str, Any]) -> None:
    response.setdefault("headers", {}).update(_REQUEST_ID)


def _revalidates(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    operation["responses"] = {**operation["responses"], "304": {"description": "You have the newest", "headers": _ETAG}}


def _has_version(content: dict[str, Any], schemas: dict[str, Any]) -> bool:
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return "version" in schemas.get(reference.rpartition("/")[2], {}).get("properties", {})
