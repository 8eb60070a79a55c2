"""The OpenAPI 3.1 contract of a service: what FastAPI derives, and what every operation of Attest has besides."""

from typing import Any

from fastapi import FastAPI

from shared.http.problems import MEDIA_TYPE

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
_ETAG = {"ETag": {"description": "The version; send it as If-Match to change the thing", "schema": {"type": "string"}}}
_REQUEST_ID = {"X-Request-Id": {"description": "Leads to this request in the logs", "schema": {"type": "string"}}}


def contract(app: FastAPI) -> dict[str, Any]:
    """The contract as a plain document, with keys in a stable order."""
    document = app.openapi()
    document["servers"] = [{"url": "/", "description": "The edge of this installation"}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "From POST /v1/oauth/token; `x-permission` names what the token's scope must hold.",
        }
    }
    for path in document["paths"].values():
        for method, operation in path.items():
            _complete(method, operation, components.get("schemas", {}))
    return document


def _complete(method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    guarded = bool(operation.get("x-permission"))
    if not guarded:
        operation.pop("x-permission", None)
        operation["security"] = []
    if method == "post" and guarded:
        operation.setdefault("parameters", []).append(_KEY)
    for status, response in operation["responses"].items():
        response.setdefault("headers", {}).update(_REQUEST_ID)
        content = response.get("content", {})
        if int(status) >= _FIRST_ERROR and MEDIA_TYPE in content:
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemSchema"}}}
        elif int(status) < _FIRST_ERROR and _has_version(content, schemas):
            response["headers"].update(_ETAG)
            if method == "get":
                _revalidates(operation)


def _revalidates(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    operation["responses"] = {**operation["responses"], "304": {"description": "You have the newest", "headers": _ETAG}}


def _has_version(content: dict[str, Any], schemas: dict[str, Any]) -> bool:
    reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return "version" in schemas.get(reference.rpartition("/")[2], {}).get("properties", {})
